import { repoFullName, type RepoId, type RepoType } from './repo-id.js';

/** First path segment of URLs of each type; `models` only in the API. */
const FOLDERS: Readonly<Record<RepoType, string>> = { model: 'models', dataset: 'datasets', space: 'spaces' };

/** A map, since an object would also have `constructor`, which is a valid namespace. */
const TYPES: ReadonlyMap<string, RepoType> = new Map([
  ['models', 'model'],
  ['datasets', 'dataset'],
  ['spaces', 'space'],
]);

/** The repository type of a path segment such as `datasets`. */
export const typeOfFolder = (segment: string | undefined): RepoType | undefined => TYPES.get(segment ?? '');

/** The path of a repository's page: `/datasets/ns/name`, without the folder for models. */
export const repoPath = (repo: RepoId): string =>
  repo.type === 'model' ? `/${repoFullName(repo)}` : `/${FOLDERS[repo.type]}/${repoFullName(repo)}`;

/** A moved repository. */
export interface Move {
  /** The requested ID, in any case. */
  readonly from: RepoId;
  readonly to: RepoId;
}

/**
 * Replaces the ID in the URL of a moved repository. The rest of path and query does not change.
 *
 * @param url - requested path and query, still encoded
 * @returns `undefined` if the ID is not in the path, because some operations have it in their body
 */
export function movedUrl(url: string, { from, to }: Move): string | undefined {
  const queryStart = url.indexOf('?');
  const segments = (queryStart < 0 ? url : url.slice(0, queryStart)).split('/').slice(1);
  const at = idPosition(segments, from.type);
  const length = from.namespace === '' ? 1 : 2;
  const requestedId = segments.slice(at, at + length).join('/');
  const suffix = /\.git$/i.exec(requestedId)?.[0] ?? '';
  if (decodeLowerCase(requestedId) !== `${repoFullName(from)}${suffix}`.toLowerCase()) return undefined;
  const rest = segments.slice(at + length).map((segment) => `/${segment}`);
  const before = segments.slice(0, at).map((segment) => `/${segment}`);
  return `${before.join('')}/${repoFullName(to)}${suffix}${rest.join('')}${queryStart < 0 ? '' : url.slice(queryStart)}`;
}

/** The ID may follow `/api`, the folder of the type, both or neither; or `/v2` of the registry API. */
function idPosition(segments: readonly string[], type: RepoType): number {
  const api = segments[0] === 'api' || segments[0] === 'v2' ? 1 : 0;
  return segments[api] === FOLDERS[type] ? api + 1 : api;
}

function decodeLowerCase(segment: string): string {
  try {
    return decodeURIComponent(segment).toLowerCase();
  } catch {
    return '';
  }
}
