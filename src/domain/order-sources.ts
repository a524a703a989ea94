import { isSignedIn, type Caller } from './caller.js';
import { repoFullName, type RepoId } from './repo-id.js';
import type { Source } from './source.js';
import { matchGlob } from './match-glob.js';

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A pattern is over `ns/name`, or over `type:ns/name` for one kind of repository. */
function matchesRepo(pattern: string, repo: RepoId): boolean {
  const colon = pattern.indexOf(':');
  if (colon >= 0 && pattern.slice(0, colon) !== repo.type) return false;
  return matchGlob(pattern.slice(colon + 1), repoFullName(repo));
}

/** May the source be asked about this repository? Exclude wins; without include patterns everything else is welcome. */
export const admits = (source: Source, repo: RepoId): boolean =>
  !source.exclude.some((pattern) => matchesRepo(pattern, repo)) &&
  (source.include.length === 0 || source.include.some((pattern) => matchesRepo(pattern, repo)));

/** The enabled sources of everybody and of the namespace, which is empty for none. */
function near(sources: readonly Source[], namespace: string): Source[] {
  const found = sources.filter(
    (source) => source.enabled && (source.namespace === '' || sameName(source.namespace, namespace)),
  );
  const own = new Set(found.filter((source) => source.namespace !== '').map((source) => source.url));
  return found.filter((source) => source.namespace !== '' || !own.has(source.url));
}

/** The sources that apply to a repository, whoever asks. */
const eligible = (sources: readonly Source[], repo: RepoId): Source[] =>
  near(sources, repo.namespace).filter((source) => admits(source, repo));

/** `env:2` and `db:7`: the environment's list comes first, and each kind counts from its start. */
function byKey(one: Source, other: Source): number {
  const rank = ({ key }: Source): number => (key.startsWith('env:') ? 0 : 1);
  const count = ({ key }: Source): number => Number(key.slice(key.indexOf(':') + 1));
  return rank(one) - rank(other) || count(one) - count(other);
}

/** The order in which sources are asked: lower priority first, then the older. */
export const bySourceOrder = (one: Source, other: Source): number => one.priority - other.priority || byKey(one, other);

/**
 * The chain for a question: the enabled sources of everybody or of the repository's namespace that admit the repository and the
 * caller, in the order in which they are asked. A namespace's own source stands in for a global one with the same URL, for its
 * namespace, whatever its patterns and demands are.
 */
export const orderSources = (sources: readonly Source[], repo: RepoId, caller: Caller): Source[] =>
  welcoming(eligible(sources, repo), caller);

/**
 * The sources for a question about no repository, in the same order: those of everybody, and of the namespace where it is about one,
 * which then must be a namespace that they have any business with. Which repositories those answer for is for whoever reads the
 * answers (`admits`).
 */
export const orderHubSources = (sources: readonly Source[], namespace: string, caller: Caller): Source[] =>
  welcoming(nearAccount(sources, namespace), caller);

const nearAccount = (sources: readonly Source[], namespace: string): Source[] =>
  near(sources, namespace).filter((source) => namespace === '' || admitsAccount(source, namespace));

/** May the source be asked about this account: could there be a repository of it that the source is asked about? */
function admitsAccount({ include, exclude }: Source, name: string): boolean {
  const isOut = exclude.some(
    (pattern) => /\*\*$|\/\*$/.test(pattern) && !pattern.includes(':') && isOver(pattern, name),
  );
  return !isOut && (include.length === 0 || include.some((pattern) => isOver(pattern, name)));
}

/** Is the pattern over repositories of this account? */
function isOver(pattern: string, name: string): boolean {
  const [namespace, ...rest] = pattern.slice(pattern.indexOf(':') + 1).split('/');
  return (rest.length > 0 || namespace!.includes('**')) && matchGlob(namespace!, name);
}

const welcoming = (sources: readonly Source[], caller: Caller): Source[] =>
  sources.filter((source) => !source.requireAuth || isSignedIn(caller)).sort(bySourceOrder);

/** Do signed-in callers get another chain than anonymous ones, so that a binding may not be shared between them? */
export const dependsOnCaller = (sources: readonly Source[], repo: RepoId): boolean =>
  sources.some(({ requireAuth }) => requireAuth) && eligible(sources, repo).some(({ requireAuth }) => requireAuth);

/** The same of a question about no repository. */
export const hubDependsOnCaller = (sources: readonly Source[], namespace: string): boolean =>
  nearAccount(sources, namespace).some(({ requireAuth }) => requireAuth);
