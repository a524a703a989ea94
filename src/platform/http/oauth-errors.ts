import type { HubError, HubErrorCode } from '../../domain/hub-error.js';
import type { ErrorResponse } from './hub-error.filter.js';
import type { HubRequest } from './hub-request.js';

/** Codes of RFC 6749 and RFC 8628 for errors that any request may have. `slow_down` makes programs continue to ask for their token. */
const OAUTH_CODES: Partial<Record<HubErrorCode, string>> = {
  RateLimited: 'slow_down',
  Unauthorized: 'invalid_client',
  Forbidden: 'access_denied',
};

/** The error in the format of OAuth, for requests to its endpoints. */
export function forOauth(reply: ErrorResponse, { path }: HubRequest, error: HubError | undefined): ErrorResponse {
  if (!path.startsWith('/oauth/') || reply.body['error_description'] !== undefined) return reply;
  const usual = reply.status >= 500 ? 'temporarily_unavailable' : 'invalid_request';
  const code = (error && OAUTH_CODES[error.code]) ?? usual;
  return { ...reply, body: { error: code, error_description: reply.body['error'] } };
}
