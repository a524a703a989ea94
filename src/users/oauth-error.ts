import { HubError } from '../domain/hub-error.js';

/** Errors of the token endpoint: RFC 6749, section 5.2, RFC 8628, section 3.5, and RFC 8693, section 2.2.2. Clients decide by them whether to retry. */
export type OauthErrorCode =
  | 'authorization_pending'
  | 'slow_down'
  | 'access_denied'
  | 'expired_token'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'invalid_request'
  | 'invalid_target'
  | 'temporarily_unavailable';

/** An error in the format of OAuth. */
export const oauthError = (error: OauthErrorCode, description: string): HubError =>
  new HubError('BadRequest', description, { body: { error, error_description: description } });
