/** Name of the session cookie. */
export const SESSION_COOKIE = 'hubfall_session';

/** Lifetime of a session in seconds. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/** Whether a value has the form of this hub's session values, 32 random bytes in base64url. Other values need no lookup. */
export const isSessionValue = (value: string | undefined): value is string => /^[\w-]{43}$/.test(value ?? '');

/**
 * The `Set-Cookie` header that starts a session, or ends it if `value` is empty. Scripts cannot read the cookie, and browsers do not send
 * it with cross-site form submissions (RFC 6265bis).
 * @param baseUrl - public base of the hub: its path limits the cookie, and with https the cookie is not sent over plain connections
 */
export function sessionCookie(value: string, baseUrl: string): string {
  const { pathname, protocol } = new URL(baseUrl);
  const parts = [
    `${SESSION_COOKIE}=${value}`,
    `Path=${pathname}`,
    `Max-Age=${value === '' ? 0 : SESSION_SECONDS}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  if (protocol === 'https:') parts.push('Secure');
  return parts.join('; ');
}

/** The value of a cookie in a `Cookie` header. */
export function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** Headers about the origin of a request, as they were sent. */
export interface RequestOrigin {
  readonly method: string;
  readonly secFetchSite?: string;
  readonly origin?: string;
  /** The `Host` header. */
  readonly host?: string;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Protects against cross-site request forgery. Browsers add the session cookie to requests from pages of other sites, so a request that
 * changes something is only trusted if it comes from the hub's own pages, from the address bar, or from a client that is not a browser.
 * @param hubHost - host and port of the hub's public base
 */
export function isSessionCookieTrusted(request: RequestOrigin, hubHost: string): boolean {
  const { method, secFetchSite, origin, host } = request;
  if (SAFE_METHODS.has(method)) return true;
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin' || secFetchSite === 'none';
  if (origin === undefined) return true;
  const originHost = URL.canParse(origin) ? new URL(origin).host : undefined;
  return (
    originHost !== undefined && originHost !== '' && (originHost === hubHost || originHost === host?.toLowerCase())
  );
}
