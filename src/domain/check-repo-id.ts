import { HubError } from './hub-error.js';
import { repoFullName, type RepoId } from './repo-id.js';

/** Word characters, dots and dashes, beginning with a word character: `huggingface_hub`'s own check of an id. */
const ID_SEGMENT = /^\w[\w.-]{0,95}$/;

/** The same id, if it can be one at all. @throws HubError BadRequest */
export function checkRepoId(repo: RepoId): RepoId {
  const segments = repo.namespace === '' ? [repo.name] : [repo.namespace, repo.name];
  for (const segment of segments) {
    if (ID_SEGMENT.test(segment) && !segment.includes('..') && !segment.endsWith('.git')) continue;
    throw new HubError(
      'BadRequest',
      `"${repoFullName(repo)}" is not a repository id: letters, digits, "-", "_" and "." are.`,
    );
  }
  return repo;
}
