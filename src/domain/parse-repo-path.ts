import { HubError } from './hub-error.js';
import type { QueryPairs } from './operation.js';
import type { RepoId, RepoType } from './repo-id.js';
import { checkRepoId } from './check-repo-id.js';
import { segmentFault } from './encode-path.js';

/** The words after a repository's id that the hub answers reads for. */
export const READ_VERBS = ['resolve', 'raw', 'revision', 'tree', 'paths-info', 'refs', 'commits'] as const;
export type ReadVerb = (typeof READ_VERBS)[number];

/**
 * Every word that may follow an id in one of the hub's URLs (contract A.1): as the second segment it tells that the id has one
 * segment only, which is why no repository may bear such a name.
 */
export const VERBS: ReadonlySet<string> = new Set([
  ...READ_VERBS,
  ...[
    'blob',
    'commit',
    'preupload',
    'branch',
    'tag',
    'super-squash',
    'lfs-files',
    'discussions',
    'settings',
    'compare',
  ],
  ...['treesize', 'likers', 'like', 'auth-check', 'xet-read-token', 'xet-write-token'],
]);

/** A map, since an object would also know `constructor`, which is a legal namespace. */
const TYPES: ReadonlyMap<string | undefined, RepoType> = new Map([
  ['models', 'model'],
  ['datasets', 'dataset'],
  ['spaces', 'space'],
]);

/** What a URL asks of which repository. */
export interface RepoPath {
  readonly repo: RepoId;
  readonly verb: ReadVerb | 'info';
  /** Decoded segments after the verb. */
  readonly rest: readonly string[];
  readonly query: QueryPairs;
  /** Path as it was asked, still encoded. */
  readonly asked: string;
}

/**
 * Reads a URL as clients write it: one- and two-segment ids, with or without `/api` and type, the revision's slashes encoded or
 * raw. Undefined when it is none of the hub's read URLs.
 *
 * @throws HubError BadRequest for a malformed escape or a segment that could climb out of a repository.
 */
export function parseRepoPath(url: string): RepoPath | undefined {
  const mark = url.indexOf('?');
  const asked = mark < 0 ? url : url.slice(0, mark);
  const segments = asked.split('/').slice(1).map(decodeSegment);
  const api = segments[0] === 'api';
  let at = api ? 1 : 0;
  const type = TYPES.get(segments[at]);
  if (type) at++;
  else if (api && !isFileUrl(segments.slice(at))) return undefined;
  if (segments.length === at) return undefined; // a list, not a repository
  const idLength = VERBS.has(segments[at + 1] ?? '') || segments.length === at + 1 ? 1 : 2;
  const word = segments[at + idLength];
  const verb = word === undefined ? 'info' : READ_VERBS.find((known) => known === word);
  if (!verb || (!api && verb !== 'resolve' && verb !== 'raw')) return undefined;
  return {
    repo: repoIdOf(type ?? 'model', segments.slice(at, at + idLength)),
    verb,
    rest: checkedRest(segments.slice(at + idLength + 1), verb),
    query: mark < 0 ? [] : [...new URLSearchParams(url.slice(mark + 1))],
    asked,
  };
}

const isFileUrl = (segments: readonly string[]): boolean =>
  ['resolve', 'raw'].includes(segments[1] ?? '') || ['resolve', 'raw'].includes(segments[2] ?? '');

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HubError(
      'BadRequest',
      `The path contains a malformed escape: "${segment}". Percent signs are written %25.`,
    );
  }
}

const repoIdOf = (type: RepoType, id: readonly string[]): RepoId =>
  checkRepoId({ type, namespace: id.length === 1 ? '' : id[0]!, name: id.at(-1)! });

/** Listings are asked with a trailing slash now and then; for a file it would be another name. */
function checkedRest(rest: readonly string[], verb: string): readonly string[] {
  const tolerant = verb !== 'resolve' && verb !== 'raw' && rest.at(-1) === '';
  const kept = tolerant ? rest.slice(0, -1) : rest;
  for (const segment of kept) {
    const fault = segmentFault(segment);
    if (fault)
      throw new HubError('BadRequest', `A segment of the path ${fault}; file paths are plain names joined by "/".`);
  }
  return kept;
}
