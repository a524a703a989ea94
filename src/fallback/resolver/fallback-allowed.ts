import { isSignedIn, type Caller } from '../../domain/caller.js';
import { lookupName } from '../../domain/lookup-key.js';
import { namedAccounts } from '../../domain/named-accounts.js';
import type { Source } from '../../domain/source.js';

/** The settings that decide whether sources may be used at all. */
export interface FallbackPolicy {
  readonly enabled: boolean;
  readonly requireAuth: boolean;
  /** Whether the namespace is reserved for this hub, so that no request about it is sent to sources. */
  readonly isReserved: (namespace: string) => boolean;
  /** Whether the namespace exists on this hub and is only looked up in sources that are configured for it. */
  readonly isLocal: (namespace: string) => boolean;
  /** This hub's entry in `Via`. */
  readonly viaEntry: string;
}

export interface FallbackCheck {
  readonly caller: Caller;
  /** Empty for ids without a namespace. */
  readonly namespace: string;
  /** The `fallback` parameter as sent. */
  readonly parameter: string | undefined;
  /** The entries of the request's `Via` header. */
  readonly via: readonly string[];
}

const OFF: ReadonlySet<string> = new Set(['false', '0', 'no', 'off']);

/** Maximum number of hubs in `Via`. A request that has passed more hubs is in a loop. */
export const MAX_HOPS = 5;

/** Whether the client disabled sources for this request. */
export const fallbackDisabled = (parameter: string | undefined): boolean => OFF.has((parameter ?? '').toLowerCase());

/** Whether a request may be sent to sources. */
export const fallbackAllowed = (policy: FallbackPolicy, request: FallbackCheck): boolean =>
  fallbackRefusal(policy, request) === undefined;

/** The reason that a request may not be sent to sources, as a sentence; undefined if it may. */
export function fallbackRefusal(policy: FallbackPolicy, request: FallbackCheck): string | undefined {
  if (!policy.enabled) return 'Sources are disabled (KOHAKU_HUB_FALLBACK_ENABLED).';
  if (fallbackDisabled(request.parameter)) return 'The request has fallback=false.';
  if (policy.requireAuth && !isSignedIn(request.caller))
    return 'Only signed-in users can access sources (KOHAKU_HUB_FALLBACK_REQUIRE_AUTH).';
  if (request.via.includes(policy.viaEntry) || request.via.length > MAX_HOPS)
    return 'The request has passed this hub or too many other hubs already.';
  const { namespace } = request;
  return namespace !== '' && policy.isReserved(namespace)
    ? `The namespace ${namespace} is reserved for this hub.`
    : undefined;
}

/** The sources that a request about this namespace may be sent to: for a namespace of this hub, only sources that are configured for it. */
export const sourcesFor = <S extends Pick<Source, 'namespace'>>(
  { isReserved, isLocal }: Pick<FallbackPolicy, 'isReserved' | 'isLocal'>,
  sources: readonly S[],
  namespace: string,
): readonly S[] => {
  if (namespace === '') return sources;
  if (isReserved(namespace)) return [];
  return isLocal(namespace) ? sources.filter((source) => source.namespace !== '') : sources;
};

/**
 * Whether a source may receive the texts of a client, such as the search and the tags of a list. Not if one contains a reserved namespace,
 * or an id in a namespace of this hub, unless the source is configured for it.
 */
export function maySendTexts(
  { isReserved, isLocal }: Pick<FallbackPolicy, 'isReserved' | 'isLocal'>,
  { namespace }: Pick<Source, 'namespace'>,
  texts: readonly string[],
): boolean {
  const { names, namespaces } = namedAccounts(texts);
  if (names.some((name) => isReserved(name))) return false;
  return namespaces.every((name) => !isLocal(name) || lookupName(name) === lookupName(namespace));
}

/** The reason that a namespace is not looked up in all sources, as a sentence; undefined if it is. */
export const localNamespaceNote = (
  { isLocal }: Pick<FallbackPolicy, 'isLocal'>,
  namespace: string,
): string | undefined =>
  namespace !== '' && isLocal(namespace)
    ? `The namespace ${namespace} exists on this hub, so that only sources configured for it are used (KOHAKU_HUB_FALLBACK_RESERVE_LOCAL_NAMESPACES).`
    : undefined;
