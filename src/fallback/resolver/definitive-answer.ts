import type { Classification } from '../../domain/attempt.js';
import type { Outcome } from '../../domain/upstream.js';

type Decision = Pick<Classification, 'verdict' | 'category'>;

/**
 * Whether a source has certainly not what was requested (invariant 9). Only "not found" says so, and only if the source accepted its token or
 * has none: a source that denies access, or is asked without the token that it needs, may have it.
 */
export const isDefinitiveNo = ({ verdict, category }: Decision): boolean =>
  verdict === 'next' && category === 'not-found';

/** Whether a source of the chain was passed over although it may have had what was requested. */
export const isDoubtful = (decision: Decision): boolean => decision.verdict === 'next' && !isDefinitiveNo(decision);

const RESPONDED: ReadonlySet<string> = new Set(['not-found', 'auth', 'disabled', 'forbidden', 'token-rejected']);

/** Whether a source failed to respond, so that an earlier reply of it is still the best answer. */
export const didNotRespond = ({ verdict, category }: Decision): boolean =>
  verdict === 'next' && !RESPONDED.has(category);

const HIDDEN_WITHOUT_TOKEN: ReadonlySet<string> = new Set(['not-found', 'auth', 'forbidden']);

/** The classification of a reply that was requested without the source's token, because the source rejected it. */
export function withTokenState<C extends Classification>(classification: C, outcomes: readonly Outcome[]): C {
  const isRejected = outcomes.some(({ tokenRejected }) => tokenRejected);
  if (!isRejected || classification.verdict !== 'next' || !HIDDEN_WITHOUT_TOKEN.has(classification.category))
    return classification;
  return { ...classification, category: 'token-rejected', errorCode: undefined, repoDenied: false };
}
