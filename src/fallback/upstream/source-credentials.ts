import type { Outcome } from '../../domain/upstream.js';
import { BAD_CREDENTIALS_MESSAGE } from '../../domain/classify-reply.js';

const REDACTED = '***';

/**
 * Messages of huggingface.co and other hubs for a token that is revoked, expired or malformed. "Invalid username or password." is not one of
 * them: huggingface.co sends it to anonymous callers for missing repositories.
 */
const BAD_TOKEN_MESSAGE = /\binvalid (?:user )?(?:access )?token\b/i;
const NAMES_TOKEN = /\btoken\b/i;
const NAMES_END_OF_LIFE = /\b(?:expired|revoked)\b/i;
/** In characters. In a longer message, the two words may be unrelated. */
const MAX_DISTANCE = 120;

/** The error of RFC 6750 for such a token. */
const BAD_TOKEN_CHALLENGE = /\berror="?invalid_token\b/i;

/** Whether the source rejected the token of the request, in contrast to a 401 for a gated or missing repository. */
export function isBadCredentials(outcome: Outcome): boolean {
  if (outcome.kind !== 'reply' || outcome.status !== 401) return false;
  const message = outcome.headers['x-error-message'] ?? outcome.message ?? '';
  return (
    message === BAD_CREDENTIALS_MESSAGE ||
    isBadTokenMessage(message) ||
    BAD_TOKEN_CHALLENGE.test(outcome.headers['www-authenticate'] ?? '')
  );
}

function isBadTokenMessage(message: string): boolean {
  const token = message.search(NAMES_TOKEN);
  const isRevoked = token >= 0 && NAMES_END_OF_LIFE.test(message.slice(token, token + MAX_DISTANCE));
  return isRevoked || BAD_TOKEN_MESSAGE.test(message);
}

/**
 * Whether the source refused a request with its token without giving a reason. A hub responds with 404 to a valid token if it does not have the
 * repository (contract B.2), so this is not a "not found". The token is still sent, since it may be valid for other repositories.
 */
export const isUnexplainedRefusal = (outcome: Outcome): boolean =>
  outcome.kind === 'reply' && outcome.status === 401 && outcome.headers['x-error-code'] === undefined;

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
