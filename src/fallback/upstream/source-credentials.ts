import type { Outcome } from '../../domain/upstream.js';
import { BAD_CREDENTIALS_MESSAGE } from '../../domain/classify-reply.js';

const REDACTED = '***';

/** Whether the source rejected the token of the request, in contrast to a 401 for a gated or missing repository. */
export const isBadCredentials = (outcome: Outcome): boolean =>
  outcome.kind === 'reply' &&
  outcome.status === 401 &&
  (outcome.headers['x-error-message'] ?? outcome.message) === BAD_CREDENTIALS_MESSAGE;

/** Removes the token from an error message, since a source may repeat it there (invariant 5). */
export function redactToken(outcome: Outcome, token: string): Outcome {
  if (outcome.kind === 'failure' || outcome.status < 400) return outcome;
  const { headers, message } = outcome;
  const header = headers['x-error-message'];
  if (!message?.includes(token) && !header?.includes(token)) return outcome;
  return {
    ...outcome,
    message: message?.replaceAll(token, REDACTED),
    headers: { ...headers, ...(header && { 'x-error-message': header.replaceAll(token, REDACTED) }) },
  };
}
