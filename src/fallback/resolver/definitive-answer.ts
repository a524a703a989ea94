import type { Classification } from '../../domain/attempt.js';
import type { Source } from '../../domain/source.js';
import type { Outcome } from '../../domain/upstream.js';

type Decision = Pick<Classification, 'verdict' | 'category'>;

/**
 * Whether a source definitively does not have what was requested (invariant 9). This requires a "not found" of a source that accepted its
 * token or has none. A source that denies access, or that needs a token which was not sent, may have it.
 */
export const isDefinitiveNotFound = ({ verdict, category }: Decision): boolean =>
  verdict === 'next' && category === 'not-found';

/** Whether the next source was tried although this one may have what was requested. */
export const isInconclusive = (decision: Decision): boolean =>
  decision.verdict === 'next' && !isDefinitiveNotFound(decision);

const REFUSALS: ReadonlySet<string> = new Set(['auth', 'disabled', 'forbidden']);

/** Whether a source definitively does not give access to a repository, or does not have it. */
export const isRefusal = ({ verdict, category, repoDenied }: Classification): boolean =>
  verdict === 'next' && (REFUSALS.has(category) || (category === 'not-found' && repoDenied));

const RESPONDED: ReadonlySet<string> = new Set(['not-found', 'auth', 'disabled', 'forbidden', 'token-rejected']);

/** Whether a source failed to respond, so that its cached reply is used instead. */
export const didNotRespond = ({ verdict, category }: Decision): boolean =>
  verdict === 'next' && !RESPONDED.has(category);

const HIDDEN_WITHOUT_TOKEN: ReadonlySet<string> = new Set(['not-found', 'auth', 'forbidden']);

/** Corrects the classification of the reply of a source that has rejected its token. */
export function withTokenState<C extends Classification>(classification: C, outcomes: readonly Outcome[]): C {
  const isRejected = outcomes.some(({ tokenRejected }) => tokenRejected);
  if (!isRejected || classification.verdict !== 'next' || !HIDDEN_WITHOUT_TOKEN.has(classification.category))
    return classification;
  return { ...classification, category: 'token-rejected', errorCode: undefined, repoDenied: false };
}

/**
 * Corrects the classification for a source that decides for all later ones (`on_error: fail`): its "not found" must be that of a hub, because a
 * repository of the same name elsewhere would be served otherwise. From other sources, a bare 404 is accepted, as static mirrors send it.
 */
export function withErrorRule<C extends Classification>(classification: C, { onError }: Pick<Source, 'onError'>): C {
  const { category, mayBeOfGateway } = classification;
  if (category !== 'not-found' || !mayBeOfGateway || onError !== 'fail') return classification;
  return { ...classification, category: 'other', repoDenied: false };
}
