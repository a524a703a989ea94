import { HubError } from '../../domain/hub-error.js';

/** The objects that a partial clone leaves out, until git needs them and fetches them by their ids. */
export interface ObjectFilter {
  /** Files of at least this many bytes are left out. */
  readonly blobLimit: number;
  /** Files and folders at this depth and below are left out. The root folder of a commit has depth 0. */
  readonly treeDepth: number;
}

/** Leaves out nothing. */
export const NO_FILTER: ObjectFilter = { blobLimit: Infinity, treeDepth: Infinity };

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const MAX_SPECIFICATION_LENGTH = 200;

/**
 * Parses the argument of `git clone --filter` (git-rev-list).
 *
 * @throws HubError `BadRequest` for filters by path or type
 */
export function parseObjectFilter(specification: string): ObjectFilter {
  if (specification.length > MAX_SPECIFICATION_LENGTH) throw unsupportedFilter(specification);
  const combined = /^combine:(.+)$/.exec(specification)?.[1];
  if (combined === undefined) return parseSingle(specification);
  return combined
    .split('+')
    .map((part) => parseSingle(decode(part)))
    .reduce(
      (all, { blobLimit, treeDepth }) => ({
        blobLimit: Math.min(all.blobLimit, blobLimit),
        treeDepth: Math.min(all.treeDepth, treeDepth),
      }),
      NO_FILTER,
    );
}

function parseSingle(specification: string): ObjectFilter {
  if (specification === 'blob:none') return { ...NO_FILTER, blobLimit: 0 };
  const limit = /^blob:limit=(\d{1,15})([kmg]?)$/i.exec(specification);
  if (limit) return { ...NO_FILTER, blobLimit: Number(limit[1]) * UNITS[limit[2]!.toLowerCase()]! };
  const depth = /^tree:(\d{1,9})$/.exec(specification);
  if (depth) return { ...NO_FILTER, treeDepth: Number(depth[1]) };
  throw unsupportedFilter(specification);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw unsupportedFilter(part);
  }
}

const unsupportedFilter = (specification: string): HubError =>
  new HubError(
    'BadRequest',
    `This hub does not support the filter "${specification.slice(0, 60)}". Use blob:none, blob:limit=<size> or tree:<depth>.`,
  );
