import type { Outcome, Reply } from '../../domain/upstream.js';
import { BAD_CREDENTIALS_MESSAGE, isBasicChallenge } from '../../domain/classify-reply.js';
import type { SourceSecrets } from '../../domain/source.js';

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
    BAD_TOKEN_CHALLENGE.test(outcome.headers['www-authenticate'] ?? '') ||
    isBasicChallenge(outcome)
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
  outcome.kind === 'reply' &&
  outcome.status === 401 &&
  [undefined, 'RepoNotFound'].includes(outcome.headers['x-error-code']);

/** Whether a "not found" may be about something that the source does not show to this caller: it does not name a missing file or revision. */
export const isUnexplainedNotFound = (outcome: Outcome): outcome is Reply =>
  outcome.kind === 'reply' &&
  outcome.status === 404 &&
  !['EntryNotFound', 'RevisionNotFound'].includes(outcome.headers['x-error-code'] ?? '');

/** The value of `Authorization` for a source. */
export function authorizationOf({ token, basic_auth }: SourceSecrets): string | undefined {
  if (token) return `Bearer ${token}`;
  return basic_auth && `Basic ${Buffer.from(basic_auth).toString('base64')}`;
}

/** The further request headers of a source, in lower case, so that the hub's own headers replace them. */
export const furtherHeaders = ({ headers = {} }: SourceSecrets): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** The credentials without token and password, which the source has rejected. */
export const withoutAuthorization = ({ headers, client_certificate }: SourceSecrets): SourceSecrets => ({
  ...(headers && { headers }),
  ...(client_certificate && { client_certificate }),
});

/** Shorter values, such as a team's name in a header, would also be removed from unrelated text. */
const MIN_SECRET_LENGTH = 6;

/** Removes the credentials of a source from a text, since a source may repeat the request in its messages (invariant 5). */
export function redactSecrets(text: string, { token, basic_auth, headers = {} }: SourceSecrets): string {
  const password = basic_auth?.slice(basic_auth.indexOf(':') + 1);
  const encoded = basic_auth && Buffer.from(basic_auth).toString('base64');
  const values = Object.values(headers).filter((value) => value.length >= MIN_SECRET_LENGTH);
  return [token, basic_auth, encoded, password, ...values].reduce<string>(
    (redacted, secret) => (secret ? redacted.replaceAll(secret, REDACTED) : redacted),
    text,
  );
}

/** Removes the credentials from an error message. */
export function redactOutcome(outcome: Outcome, secrets: SourceSecrets): Outcome {
  if (outcome.kind === 'failure' || outcome.status < 400) return outcome;
  const { headers, message } = outcome;
  const header = headers['x-error-message'];
  return {
    ...outcome,
    message: message === undefined ? undefined : redactSecrets(message, secrets),
    headers: header === undefined ? headers : { ...headers, 'x-error-message': redactSecrets(header, secrets) },
  };
}
