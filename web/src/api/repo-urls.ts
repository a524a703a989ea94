import { idOf, pagePath, type RepoName } from './repositories';

/** What a repository's pages show unless they are asked for another revision. */
export const MAIN = 'main';

const segments = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
const join = (...parts: string[]): string => parts.filter(Boolean).join('/');

/** Where the hub is asked about a repository. */
export const apiUrl = (repo: RepoName): string => `/api/${repo.type}s/${segments(idOf(repo))}`;

/** A repository's first page, or one of its parts (`metadata`, `settings`). */
export const repoPage = (repo: RepoName, part = ''): string =>
  join(pagePath(repo.type, segments(idOf(repo))), segments(part));

/** A page that shows a path at a revision. */
export const pathPage = (
  repo: RepoName,
  part: 'tree' | 'blob' | 'upload' | 'edit' | 'new' | 'commits',
  revision: string,
  path = '',
): string => join(repoPage(repo), part, encodeURIComponent(revision), segments(path));

/** A file itself: `resolve` its content, `raw` what git holds, which for a large file is its pointer and never counts as a download. */
export const fileUrl = (
  repo: RepoName,
  revision: string,
  path: string,
  verb: 'resolve' | 'raw' = 'resolve',
): string => join(repoPage(repo), verb, encodeURIComponent(revision), segments(path));
