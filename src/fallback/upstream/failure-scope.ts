import type { Outcome } from '../../domain/upstream.js';

/**
 * The part of a source that a failed request is evidence about (invariant 11). `source`: it cannot be reached. `path`: this request failed, which
 * need not affect others, not even if a gateway reports that it cannot reach what is behind it.
 */
export type FailureScope = 'source' | 'path';

/** `undefined` if the source answered, or if the request was canceled or never sent. */
export function failureScope(outcome: Outcome): FailureScope | undefined {
  if (outcome.kind === 'reply') return outcome.status < 500 ? undefined : 'path';
  if (outcome.isUnreachable) return 'source';
  return outcome.category === 'timeout' || outcome.category === 'network' ? 'path' : undefined;
}
