import { isSignedIn, type Caller } from '../language/caller.js';
import { repoFullName, type RepoId } from '../language/repo-id.js';

/**
 * The key under which a repository's source is remembered: `fallback:repo:{type}:{namespace}/{name}`. Where a source's
 * `require_auth` makes the answer depend on who asks, `:anon` or `:user` is appended.
 */
export function bindingKey(repo: RepoId, dependsOnCaller: boolean, caller: Caller): string {
  const key = repoBindingPrefix(repo);
  if (!dependsOnCaller) return key;
  return `${key}:${isSignedIn(caller) ? 'user' : 'anon'}`;
}

/** What all keys of one repository begin with. Ids hold no colon, so no other repository's key does. */
export const repoBindingPrefix = (repo: RepoId): string => `fallback:repo:${repo.type}:${repoFullName(repo)}`;
