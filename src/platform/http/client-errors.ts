import type { HubError, HubErrorCode } from '../../domain/hub-error.js';
import type { HubRequest } from './hub-request.js';

/** Codes of RFC 6749 and RFC 8628 for errors that any request may have. `slow_down` makes programs continue to ask for their token. */
const OAUTH_CODES: Partial<Record<HubErrorCode, string>> = {
  RateLimited: 'slow_down',
  Unauthorized: 'invalid_client',
  Forbidden: 'access_denied',
};

/** An error response. */
interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The error in the format of OAuth, for requests to its endpoints. */
export function forOauth<R extends Reply>(reply: R, { path }: HubRequest, error: HubError | undefined): R {
  if (!path.startsWith('/oauth/') || reply.body['error_description'] !== undefined) return reply;
  const usual = reply.status >= 500 ? 'temporarily_unavailable' : 'invalid_request';
  const code = (error && OAUTH_CODES[error.code]) ?? usual;
  return { ...reply, body: { error: code, error_description: reply.body['error'] } };
}

/** Codes whose message `huggingface_hub` shows when it requests the metadata of a file. */
const SHOWN_CODES = ['RepoNotFound', 'RevisionNotFound', 'EntryNotFound', 'GatedRepo'];

/**
 * `huggingface_hub` 1.33 and 2.0 replace the message of most errors of metadata requests (HEAD) by "check your connection". They print the text of
 * `X-HF-Warning`.
 */
export function withWarning<R extends Reply>(reply: R, { method }: HubRequest): R {
  const { 'X-Error-Message': message, 'X-Error-Code': code = '' } = reply.headers;
  if (method !== 'HEAD' || reply.status < 402 || message === undefined || SHOWN_CODES.includes(code)) return reply;
  return { ...reply, headers: { ...reply.headers, 'X-HF-Warning': `error; ${message}` } };
}
