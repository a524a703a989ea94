import { isSignedIn, type Caller } from '../../domain/caller.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { lookupName } from '../../domain/lookup-key.js';

/**
 * The key under which a repository's source is remembered: `fallback:repo:{type}:{namespace}/{name}`. Where a source's
 * `require_auth` makes the answer depend on who asks, `:anon` or `:user` is appended.
 */
export function bindingKey(repo: RepoId, dependsOnCaller: boolean, caller: Caller): string {
  return forCaller(repoBindingPrefix(repo), dependsOnCaller, caller);
}

/** The key under which a source's account is remembered, in whatever case it was asked for. */
export const accountKey = (name: string, dependsOnCaller: boolean, caller: Caller): string =>
  forCaller(`fallback:account:${lookupName(name)}`, dependsOnCaller, caller);

const forCaller = (key: string, dependsOnCaller: boolean, caller: Caller): string =>
  dependsOnCaller ? `${key}:${isSignedIn(caller) ? 'user' : 'anon'}` : key;

/** What all keys of one repository begin with. Ids hold no colon, so no other repository's key does. */
export const repoBindingPrefix = (repo: RepoId): string => `fallback:repo:${repo.type}:${repoFullName(repo)}`;
