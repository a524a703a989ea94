import { repoFullName, type RepoId, type RepoType } from '../../domain/repo-id.js';

const FOLDERS: Readonly<Record<RepoType, string>> = { model: 'models', dataset: 'datasets', space: 'spaces' };

/** Where a repository has gone. */
export interface Move {
  /** As it was asked for, in whatever case. */
  readonly from: RepoId;
  readonly to: RepoId;
}

/**
 * The URL that asks the same of a moved repository: path and query stay as they were written, only the id is another. Undefined when
 * the id does not stand where URLs have it (some operations name it in their body).
 *
 * @param url path and query as asked, still encoded
 */
export function movedUrl(url: string, { from, to }: Move): string | undefined {
  const mark = url.indexOf('?');
  const segments = (mark < 0 ? url : url.slice(0, mark)).split('/').slice(1);
  const at = idPosition(segments, from.type);
  const length = from.namespace === '' ? 1 : 2;
  const asked = segments.slice(at, at + length).join('/');
  const suffix = /\.git$/i.exec(asked)?.[0] ?? '';
  if (plain(asked) !== `${repoFullName(from)}${suffix}`.toLowerCase()) return undefined;
  const rest = segments.slice(at + length).map((segment) => `/${segment}`);
  const before = segments.slice(0, at).map((segment) => `/${segment}`);
  return `${before.join('')}/${repoFullName(to)}${suffix}${rest.join('')}${mark < 0 ? '' : url.slice(mark)}`;
}

/** Behind `/api`, the type's folder, both or neither. */
function idPosition(segments: readonly string[], type: RepoType): number {
  const api = segments[0] === 'api' ? 1 : 0;
  return segments[api] === FOLDERS[type] ? api + 1 : api;
}

function plain(segment: string): string {
  try {
    return decodeURIComponent(segment).toLowerCase();
  } catch {
    return '';
  }
}
