import type { Outcome } from '../../domain/upstream.js';
import { BAD_CREDENTIALS_MESSAGE } from '../../domain/classify-reply.js';

const REDACTED = '***';

/**
 * Messages of huggingface.co and other hubs for a token that is revoked, expired or malformed. "Invalid username or password." is not one of
 * them: huggingface.co sends it to anonymous callers for missing repositories.
 */
const BAD_TOKEN_MESSAGE = /\binvalid (?:user )?(?:access )?token\b|\btoken\b.{0,100}\b(?:expired|revoked)\b/i;

/** The error of RFC 6750 for such a token. */
const BAD_TOKEN_CHALLENGE = /\berror="?invalid_token\b/i;

/** Whether the source rejected the token of the request, in contrast to a 401 for a gated or missing repository. */
export function isBadCredentials(outcome: Outcome): boolean {
  if (outcome.kind !== 'reply' || outcome.status !== 401) return false;
  const message = outcome.headers['x-error-message'] ?? outcome.message ?? '';
  return (
    message === BAD_CREDENTIALS_MESSAGE ||
    BAD_TOKEN_MESSAGE.test(message) ||
    BAD_TOKEN_CHALLENGE.test(outcome.headers['www-authenticate'] ?? '')
  );
}

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
