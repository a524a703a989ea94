import type { IncomingMessage, OutgoingHttpHeader } from 'node:http';
import type { HubRequest } from './hub-request.js';

/** Only the browser that sent the request may store the response, and must ask whether it is still valid. */
const PRIVATE = 'private, no-cache';
const CREDENTIALS = ['Authorization', 'Cookie'];

/** A header that the response already has. */
type Header = OutgoingHttpHeader | undefined;

/**
 * The caching headers that a response needs in addition to its own, so that shared caches do not send the response for one caller to
 * another. Responses that are public by themselves, such as avatars, need none, and neither do those that `CallerGuard` has not seen.
 *
 * @param vary - other request headers that the response depends on
 */
export function cacheHeaders(
  request: IncomingMessage,
  cacheControl: Header,
  vary: readonly (string | number)[],
): Record<string, string> {
  const { caller, adminAccess, grant, bearer } = request as Partial<HubRequest>;
  if (caller === undefined || (typeof cacheControl === 'string' && cacheControl.startsWith('public'))) return {};
  const names = [...CREDENTIALS, ...vary].join(', ');
  const isAnonymous = caller.accountId === undefined && grant === undefined && bearer === undefined;
  const isPrivate = !isAnonymous || adminAccess === 'granted';
  return isPrivate && cacheControl === undefined ? { Vary: names, 'Cache-Control': PRIVATE } : { Vary: names };
}
