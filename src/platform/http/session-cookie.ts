/** The cookie that says which session a browser's request belongs to. */
export const SESSION_COOKIE = 'hubfall_session';

/** For so long a session lasts. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/** 32 random bytes in base64url: what this hub gives, and the only thing worth looking up. */
export const isSessionValue = (value: string | undefined): value is string => /^[\w-]{43}$/.test(value ?? '');

/**
 * The `Set-Cookie` header that begins a session in a browser; with an empty value, the one that ends it. Scripts cannot read it, and
 * other sites' forms do not send it (RFC 6265bis).
 * @param baseUrl the hub's public base: its path is where the cookie is sent, and https keeps it off plain connections
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
  return [...parts, ...(protocol === 'https:' ? ['Secure'] : [])].join('; ');
}
