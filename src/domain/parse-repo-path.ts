import { checkNoApiWord } from './api-words.js';
import { checkRepoId } from './check-repo-id.js';
import { isCommitId } from './commit-id.js';
import { segmentError } from './encode-path.js';
import { HubError } from './hub-error.js';
import { kindOfVerb, OPERATIONS, READ_VERBS, type ReadVerb } from './operation.js';
import type { QueryPairs } from './query.js';
import { MAX_PATH_LENGTH } from './repo-path-limits.js';
import type { RepoId, RepoType } from './repo-id.js';
import { typeOfFolder } from './urls.js';

/**
 * Every word that may follow a repository id in the hub's URLs (contract A.1). As the second segment of a URL it means that the id has
 * one segment only, so no repository may have such a name.
 */
export const VERBS: ReadonlySet<string> = new Set([
  ...READ_VERBS,
  'blob',
  'commit',
  'preupload',
  'branch',
  'tag',
  'super-squash',
  'lfs-files',
  'settings',
  'like',
  'auth-check',
  'ask-access',
  'user-access-request',
  'user-access-report',
  'xet-read-token',
  'xet-write-token',
]);

/** The URL of a read, in its parts. */
export interface RepoPath {
  readonly repo: RepoId;
  /** The word after the id; `info` for the repository itself. */
  readonly verb: ReadVerb | 'info';
  /** Decoded segments after the verb. */
  readonly rest: readonly string[];
  readonly query: QueryPairs;
  /** The requested path, still encoded. */
  readonly path: string;
}

/**
 * Parses a URL as clients write it: ids of one or two segments, with or without `/api` and type, slashes of the revision encoded or
 * raw. Undefined when it is not the URL of a read.
 *
 * @throws HubError `BadRequest` for a malformed escape or a segment such as `..`; `NotImplemented` for a word of huggingface.co's API
 */
export function parseRepoPath(url: string): RepoPath | undefined {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const segments = withResolveVerb(withoutTrailingSlash(path.split('/').slice(1)).map(decodeSegment));
  const api = segments[0] === 'api';
  let at = api ? 1 : 0;
  const type = typeOfFolder(segments[at]);
  if (type) at++;
  else if (api && !isFileUrl(segments.slice(at))) return undefined;
  if (segments.length === at) return undefined; // a list, not a repository
  const idLength = VERBS.has(segments[at + 1] ?? '') || segments.length === at + 1 ? 1 : 2;
  const word = segments[at + idLength];
  const verb = word === undefined ? 'info' : READ_VERBS.find((known) => known === word);
  if (!verb) return undefined;
  const isFile = OPERATIONS[kindOfVerb(verb)].takes === 'file';
  if (!api && !isFile) return undefined;
  return {
    repo: repoIdOf(type ?? 'model', segments.slice(at, at + idLength)),
    verb,
    rest: checkedRest(segments.slice(at + idLength + 1)),
    query: mark < 0 ? [] : [...new URLSearchParams(url.slice(mark + 1))],
    path,
  };
}

/**
 * huggingface.co redirects clients from `resolve` to `/api/resolve-cache/{type}s/{id}/{commit}/{path}`. Such URLs have no verb; the second segment of an
 * id is never the id of a commit.
 */
function withResolveVerb(segments: readonly string[]): readonly string[] {
  const [api, cache, folder, ...rest] = segments;
  if (api !== 'api' || cache !== 'resolve-cache' || folder === undefined || !typeOfFolder(folder)) return segments;
  const idLength = isCommitId(rest[1]) ? 1 : 2;
  return [folder, ...rest.slice(0, idLength), 'resolve', ...rest.slice(idLength)];
}

/** huggingface.co ignores a trailing slash of its API. In a file's path, it would be another name. */
function withoutTrailingSlash(segments: readonly string[]): readonly string[] {
  if (
    segments[0] !== 'api' ||
    segments.at(-1) !== '' ||
    [...FILE_VERBS, 'resolve-cache'].some((verb) => segments.includes(verb))
  )
    return segments;
  return segments.slice(0, -1);
}

const FILE_VERBS: readonly string[] = OPERATIONS.resolve.verbs;

const isFileUrl = ([, second = '', third = '']: readonly string[]): boolean =>
  FILE_VERBS.includes(second) || FILE_VERBS.includes(third);

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
  checkNoApiWord(checkRepoId({ type, namespace: id.length === 1 ? '' : id[0]!, name: id.at(-1)! }));

function checkedRest(segments: readonly string[]): readonly string[] {
  if (segments.reduce((sum, { length }) => sum + length + 1, 0) > MAX_PATH_LENGTH)
    throw new HubError('BadRequest', `The path is longer than ${MAX_PATH_LENGTH} characters.`);
  for (const segment of segments) {
    const problem = segmentError(segment);
    if (problem)
      throw new HubError('BadRequest', `A segment of the path ${problem}; file paths are plain names joined by "/".`);
  }
  return segments;
}
