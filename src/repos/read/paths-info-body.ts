import { HubError } from '../../domain/hub-error.js';
import { MAX_PATH_LENGTH, MAX_PATHS } from '../../domain/repo-path-limits.js';

const NO_PATHS_MESSAGE =
  'The body has no paths. Send application/json or application/x-www-form-urlencoded with the field "paths".';

/** The content of a paths-info request. */
export interface PathsInfoBody {
  readonly paths: readonly string[];
  readonly expand: boolean;
}

/**
 * Reads the body of a paths-info request. Python sends a form (`paths=a&paths=b&expand=False`, or only `expand=False` for no paths),
 * JavaScript sends JSON. A single path may come without a list (contract A.7).
 *
 * @param body - the parsed form or JSON; undefined for an empty body
 * @throws HubError `BadRequest`
 */
export function readPathsInfoBody(body: unknown): PathsInfoBody {
  if (!isPathsInfo(body)) throw new HubError('BadRequest', NO_PATHS_MESSAGE);
  const { paths = [], expand } = body;
  return { paths: checkPaths(Array.isArray(paths) ? paths : [paths]), expand: checkExpand(expand) };
}

/** A form cannot express an empty list, so a form with only `expand` means one. Anything else without `paths` is a mistake. */
const isPathsInfo = (body: unknown): body is { readonly paths?: unknown; readonly expand?: unknown } => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  return 'paths' in body || Object.keys(body).join() === 'expand';
};

function checkPaths(paths: unknown[]): readonly string[] {
  if (paths.length > MAX_PATHS)
    throw new HubError(
      'BadRequest',
      `A request can have at most ${MAX_PATHS} paths, but this one has ${paths.length}.`,
    );
  for (const [index, path] of paths.entries()) {
    const problem = pathProblem(path);
    if (problem !== undefined)
      throw new HubError('BadRequest', `"paths[${index}]" ${problem}.`, {
        fields: [{ field: `paths[${index}]`, message: problem }],
      });
  }
  return paths as string[];
}

function checkExpand(expand: unknown): boolean {
  if (expand == null || /^(?:true|false|1|0|)$/i.test(textOf(expand))) return isTrue(expand);
  throw new HubError('BadRequest', '"expand" must be true or false, and must not be repeated.');
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'boolean' ? String(value) : 'not a flag';

function pathProblem(path: unknown): string | undefined {
  if (typeof path !== 'string' || /\p{Cs}/u.test(path)) return 'must be a string of valid Unicode';
  return path.length > MAX_PATH_LENGTH ? `must have at most ${MAX_PATH_LENGTH} characters` : undefined;
}

/** Accepts `true`, `True` and `1`: older Python clients send a capital letter (contract E, trap 42). */
export const isTrue = (value: unknown): boolean =>
  value === true || /^(true|1)$/i.test(typeof value === 'string' ? value : '');
