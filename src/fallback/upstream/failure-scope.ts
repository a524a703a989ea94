import type { Outcome } from '../../domain/upstream.js';

/**
 * The part of a source that a failed request is evidence about (invariant 11). `source`: it cannot be reached. `gateway`: what is behind its gateway does not
 * work, at least for this repository. `path`: this request failed, which need not affect others.
 */
export type FailureScope = 'source' | 'gateway' | 'path';

const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/** `undefined` if the source answered, or if the request was canceled or never sent. */
export function failureScope(outcome: Outcome): FailureScope | undefined {
  if (outcome.kind === 'reply') {
    if (outcome.status < 500) return undefined;
    return GATEWAY_STATUSES.has(outcome.status) ? 'gateway' : 'path';
  }
  if (outcome.isUnreachable) return 'source';
  return outcome.category === 'timeout' || outcome.category === 'network' ? 'path' : undefined;
}
