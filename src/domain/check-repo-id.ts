import { HubError } from './hub-error.js';
import { repoFullName, type RepoId } from './repo-id.js';

/** As in `validate_repo_id` of `huggingface_hub`. */
const ID_SEGMENT = /^\w[\w.-]{0,95}$/;

/**
 * Returns a valid id unchanged.
 * @throws HubError `BadRequest`
 */
export function checkRepoId(repo: RepoId): RepoId {
  const segments = repo.namespace === '' ? [repo.name] : [repo.namespace, repo.name];
  for (const segment of segments) {
    if (ID_SEGMENT.test(segment) && !segment.includes('..') && !segment.endsWith('.git')) continue;
    throw new HubError(
      'BadRequest',
      `"${repoFullName(repo)}" is not a repository id. Use letters, digits, "-", "_" and "." only.`,
    );
  }
  return repo;
}
