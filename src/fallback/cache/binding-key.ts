import { isSignedIn, type Caller } from '../../domain/caller.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { BINDING_KEY_PREFIX } from '../../platform/cluster/cluster-key-prefix.js';

/**
 * The cache key of a repository's binding: `fallback:repo:{type}:{namespace}/{name}`, followed by `:anon` or `:user` if the result depends
 * on the caller, because a source has `require_auth`.
 */
export const bindingKey = (repo: RepoId, dependsOnCaller: boolean, caller: Caller): string =>
  keyForCaller(repoBindingPrefix(repo), dependsOnCaller, caller);

/** The cache key of an external account. Sources may distinguish case, so the name is used as it is. */
export const accountKey = (name: string, dependsOnCaller: boolean, caller: Caller): string =>
  keyForCaller(`${BINDING_KEY_PREFIX}account:${name}`, dependsOnCaller, caller);

const keyForCaller = (key: string, dependsOnCaller: boolean, caller: Caller): string =>
  dependsOnCaller ? `${key}:${isSignedIn(caller) ? 'user' : 'anon'}` : key;

/** Prefix of all keys of one repository. Ids contain no colon, so no key of another repository has this prefix. */
export const repoBindingPrefix = (repo: RepoId): string =>
  `${BINDING_KEY_PREFIX}repo:${repo.type}:${repoFullName(repo)}`;
