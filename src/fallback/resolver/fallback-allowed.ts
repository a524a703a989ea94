import { isSignedIn, type Caller } from '../../domain/caller.js';

/** The settings that decide whether sources may be used at all. */
export interface FallbackPolicy {
  readonly enabled: boolean;
  readonly requireAuth: boolean;
  /** Whether the namespace is reserved for this hub, so that no request about it is sent to sources. */
  readonly isReserved: (namespace: string) => boolean;
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
export function fallbackAllowed(policy: FallbackPolicy, request: FallbackCheck): boolean {
  if (!policy.enabled || fallbackDisabled(request.parameter)) return false;
  if (policy.requireAuth && !isSignedIn(request.caller)) return false;
  if (request.via.includes(policy.viaEntry) || request.via.length > MAX_HOPS) return false;
  return request.namespace === '' || !policy.isReserved(request.namespace);
}
