import { isSignedIn, type Caller } from './caller.js';
import { repoFullName, type RepoId } from './repo-id.js';
import type { Source } from './source.js';
import { matchGlob } from './match-glob.js';

const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Patterns match `ns/name`, or `type:ns/name` for one type of repository. */
function matchesRepo(pattern: string, repo: RepoId): boolean {
  const colon = pattern.indexOf(':');
  if (colon >= 0 && pattern.slice(0, colon) !== repo.type) return false;
  return matchGlob(pattern.slice(colon + 1), repoFullName(repo));
}

/** Whether the source's patterns allow the repository. Exclusions win; without include patterns, everything else is allowed. */
export const allowsRepo = (source: Pick<Source, 'include' | 'exclude'>, repo: RepoId): boolean =>
  !source.exclude.some((pattern) => matchesRepo(pattern, repo)) &&
  (source.include.length === 0 || source.include.some((pattern) => matchesRepo(pattern, repo)));

/** The enabled sources without a namespace and of this one. A source of the namespace replaces one without a namespace at the same URL. */
function sourcesFor(sources: readonly Source[], namespace: string): Source[] {
  const candidates = sources.filter(
    (source) => source.enabled && (source.namespace === '' || isSameName(source.namespace, namespace)),
  );
  const urlsOfNamespace = new Set(candidates.filter((source) => source.namespace !== '').map((source) => source.url));
  return candidates.filter((source) => source.namespace !== '' || !urlsOfNamespace.has(source.url));
}

/** The sources that apply to a repository, for signed-in callers. */
const eligible = (sources: readonly Source[], repo: RepoId): Source[] =>
  sourcesFor(sources, repo.namespace).filter((source) => allowsRepo(source, repo));

/** Sources from the environment come before stored ones, in the order of their numbers: `env:2`, `db:7`. */
function byKey(a: Source, b: Source): number {
  const rank = ({ key }: Source): number => (key.startsWith('env:') ? 0 : 1);
  const numberOf = ({ key }: Source): number => Number(key.slice(key.indexOf(':') + 1));
  return rank(a) - rank(b) || numberOf(a) - numberOf(b);
}

/** Compares sources by the order in which they are tried: lower priorities first, then older sources. */
export const bySourceOrder = (a: Source, b: Source): number => a.priority - b.priority || byKey(a, b);

/**
 * The chain for a repository: the enabled sources that apply to its namespace and whose patterns and sign-in requirement allow the
 * request, in the order in which they are tried. A source of the namespace replaces a global one with the same URL, even if its own
 * settings do not allow the request.
 */
export const orderSources = (sources: readonly Source[], repo: RepoId, caller: Caller): Source[] =>
  permitted(eligible(sources, repo), caller);

/**
 * The chain for an operation that is not about one repository. With a namespace: the sources that may have a repository of it. The
 * caller must check each repository in a reply with `allowsRepo`.
 */
export const orderHubSources = (sources: readonly Source[], namespace: string, caller: Caller): Source[] =>
  permitted(sourcesForAccount(sources, namespace), caller);

const sourcesForAccount = (sources: readonly Source[], namespace: string): Source[] =>
  sourcesFor(sources, namespace).filter((source) => namespace === '' || allowsAccount(source, namespace));

/** Whether the source's patterns allow any repository of this account. */
function allowsAccount({ include, exclude }: Source, name: string): boolean {
  const isExcluded = exclude.some(
    (pattern) => /\*\*$|\/\*$/.test(pattern) && !pattern.includes(':') && matchesAccount(pattern, name),
  );
  return !isExcluded && (include.length === 0 || include.some((pattern) => matchesAccount(pattern, name)));
}

/** Whether the pattern can match a repository of this account. */
function matchesAccount(pattern: string, name: string): boolean {
  const [namespace, ...rest] = pattern.slice(pattern.indexOf(':') + 1).split('/');
  return (rest.length > 0 || namespace!.includes('**')) && matchGlob(namespace!, name);
}

const permitted = (sources: readonly Source[], caller: Caller): Source[] =>
  sources.filter((source) => !source.requireAuth || isSignedIn(caller)).sort(bySourceOrder);

/** Whether signed-in and anonymous callers have different chains, so that they must not share a binding. */
export const dependsOnCaller = (sources: readonly Source[], repo: RepoId): boolean =>
  sources.some(({ requireAuth }) => requireAuth) && eligible(sources, repo).some(({ requireAuth }) => requireAuth);

/** `dependsOnCaller` for operations that are not about one repository. */
export const hubDependsOnCaller = (sources: readonly Source[], namespace: string): boolean =>
  sourcesForAccount(sources, namespace).some(({ requireAuth }) => requireAuth);
