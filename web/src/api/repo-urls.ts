import { hubUrl } from './base-path';
import { idOf, pagePath, type RepoName } from './repositories';

/** The default branch. */
export const MAIN = 'main';

const segments = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
const join = (...parts: string[]): string => parts.filter(Boolean).join('/');

/** Path of the API of a repository. */
export const apiUrl = (repo: RepoName): string => `/api/${repo.type}s/${segments(idOf(repo))}`;

/** Page of a repository, or of one of its tabs (`metadata`, `settings`). */
export const repoPage = (repo: RepoName, part = ''): string =>
  join(pagePath(repo.type, segments(idOf(repo))), segments(part));

/** Page of a path at a revision. */
export const pathPage = (
  repo: RepoName,
  part: 'tree' | 'blob' | 'upload' | 'edit' | 'new' | 'commits' | 'commit',
  revision: string,
  path = '',
): string => join(repoPage(repo), part, encodeURIComponent(revision), segments(path));

/** Page that compares two revisions. */
export const comparePage = (repo: RepoName, before: string, after: string): string =>
  join(repoPage(repo), 'compare', `${encodeURIComponent(before)}..${encodeURIComponent(after)}`);

type FileVerb = 'resolve' | 'raw';

/** Path of a file's content. `raw` returns the git object (the pointer of an LFS file) and does not count as a download. */
export const filePath = (repo: RepoName, revision: string, path: string, verb: FileVerb = 'resolve'): string =>
  join(repoPage(repo), verb, encodeURIComponent(revision), segments(path));

/** URL of a file's content, for links and media; see `filePath`. */
export const fileUrl = (...file: Parameters<typeof filePath>): string => hubUrl(filePath(...file));
