import { isOnAccount, isOnRepo, type AnyOperation } from '../../domain/operation.js';
import { repoFullName } from '../../domain/repo-id.js';

/** The subject of an operation: a repository, an account, or the source's lists. Failures of one do not count for others (invariant 11). */
export function subjectOf(operation: AnyOperation): string {
  if (isOnRepo(operation)) return `${operation.repo.type}:${repoFullName(operation.repo)}`;
  return isOnAccount(operation) ? `account:${operation.name}` : 'lists';
}
