import { isSignedIn, type Caller } from '../../domain/caller.js';

/** What the environment and the administrator say about asking sources at all. */
export interface FallbackPolicy {
  readonly enabled: boolean;
  readonly requireAuth: boolean;
  /** Is the namespace ours alone, so that no question about it leaves the hub? */
  readonly isReserved: (namespace: string) => boolean;
  /** Our own entry in `Via`. */
  readonly viaEntry: string;
}

export interface FallbackCheck {
  readonly caller: Caller;
  /** Empty for a one-segment id. */
  readonly namespace: string;
  /** The `fallback` parameter as sent. */
  readonly parameter: string | undefined;
  /** The entries of the request's `Via` header. */
  readonly via: readonly string[];
}

const OFF: ReadonlySet<string> = new Set(['false', '0', 'no', 'off']);

/** More hops than any sane federation has: a longer way is a loop. */
export const MAX_HOPS = 5;

/** Did the client ask for local answers only? */
export const fallbackDisabled = (parameter: string | undefined): boolean => OFF.has((parameter ?? '').toLowerCase());

/** May this question be put to sources at all? */
export function fallbackAllowed(policy: FallbackPolicy, question: FallbackCheck): boolean {
  if (!policy.enabled || fallbackDisabled(question.parameter)) return false;
  if (policy.requireAuth && !isSignedIn(question.caller)) return false;
  if (question.via.includes(policy.viaEntry) || question.via.length > MAX_HOPS) return false;
  return question.namespace === '' || !policy.isReserved(question.namespace);
}
