import type { RepoPath } from '../../domain/parse-repo-path.js';

/** The pattern of a read's address, in the one spelling of all that clients use. */
export function readRoute({ repo, verb }: Pick<RepoPath, 'repo' | 'verb'>): string {
  if (verb === 'resolve' || verb === 'raw') return `${repo.type === 'model' ? '' : `/${repo.type}s`}/:id/${verb}/*rest`;
  const id = `/api/${repo.type}s/:id`;
  return verb === 'info' ? id : verb === 'refs' ? `${id}/refs` : `${id}/${verb}/*rest`;
}
