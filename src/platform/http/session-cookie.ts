import { parseUrl } from '../../domain/parse-url.js';
import { hostNameOf, type UrlBuilder } from '../../domain/url-builder.js';

const PLAIN_NAME = 'hubfall_session';

/**
 * The name of the session cookie. With https, its prefix makes browsers refuse a cookie of this name that a plain HTTP connection or, with
 * `__Host-`, another host sets (RFC 6265bis, 4.1.3). `__Host-` requires the path `/`.
 */
export function sessionCookieName({ isHttps, prefix }: UrlBuilder): string {
  if (!isHttps) return PLAIN_NAME;
  return prefix === '' ? `__Host-${PLAIN_NAME}` : `__Secure-${PLAIN_NAME}`;
}

/** Lifetime of a session in seconds. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;

/** Whether a value has the form of this hub's session values, 32 random bytes in base64url. Other values need no lookup. */
export const isSessionValue = (value: string | undefined): value is string => /^[\w-]{43}$/.test(value ?? '');

/**
 * The `Set-Cookie` header that starts a session, or ends it if `value` is empty. Scripts cannot read the cookie, and browsers do not send
 * it with cross-site form submissions (RFC 6265bis).
 * @param urls - the address of the hub: its path limits the cookie, and with https the cookie is not sent over plain connections
 */
export function sessionCookie(value: string, urls: UrlBuilder): string {
  const parts = [
    `${sessionCookieName(urls)}=${value}`,
    `Path=${urls.prefix || '/'}`,
    `Max-Age=${value === '' ? 0 : SESSION_SECONDS}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  if (urls.isHttps) parts.push('Secure');
  return parts.join('; ');
}

/** The values of all cookies with this name in a `Cookie` header. */
export function cookieValues(header: string, name: string): string[] {
  const pairs = header.split(';').map((pair) => pair.split('='));
  return pairs
    .filter(([key = '', ...value]) => value.length > 0 && key.trim() === name)
    .map(([, ...value]) => value.join('=').trim());
}

/** The names of the cookies in a `Cookie` header, in its order. Browsers send older cookies first (RFC 6265, section 5.4). */
export const cookieNames = (header: string): string[] =>
  header.split(';').flatMap((pair) => (pair.includes('=') ? pair.split('=', 1)[0]!.trim() : []));

/** Most bytes of `Set-Cookie` headers that delete cookies. nginx by default refuses responses with more than 4 kB of headers. */
const MAX_EXPIRY_BYTES = 2500;

const MAX_SEGMENTS = 32;

/** All paths that a cookie sent to `path` may have. */
function cookiePaths(path: string): string[] {
  const folders = path.split('/', MAX_SEGMENTS).filter((segment) => segment !== '');
  return folders.reduce<string[]>(
    (paths, segment) => {
      const folder = `${paths.at(-1)}${segment}`;
      return [...paths, folder, `${folder}/`];
    },
    ['/'],
  );
}

/** All domains that a cookie sent to `host` may have: this host only (undefined), or a domain with its subdomains. */
function cookieDomains(host: string): (string | undefined)[] {
  const labels = /^\d+(\.\d+)*$|^\[/.test(host) ? [] : host.split('.');
  return [undefined, ...labels.slice(0, -1).map((_, at) => labels.slice(at).join('.'))];
}

/**
 * `Set-Cookie` headers that delete every session cookie a browser may have sent with a request. A `Cookie` header does not show path and
 * domain, so each combination is deleted, short paths first.
 * @param path - path of the request below the address of the hub
 */
export function expireSessionCookies(urls: UrlBuilder, path: string): string[] {
  const name = sessionCookieName(urls);
  if (name.startsWith('__Host-')) return [sessionCookie('', urls)];
  const secure = urls.isHttps ? '; Secure' : '';
  const headers: string[] = [];
  let bytes = 0;
  for (const cookiePath of cookiePaths(urls.path(path)))
    for (const domain of cookieDomains(hostNameOf(urls.clientHost))) {
      const inDomain = domain === undefined ? '' : `; Domain=${domain}`;
      const header = `${name}=; Path=${cookiePath}${inDomain}; Max-Age=0${secure}`;
      bytes += header.length + 'Set-Cookie: \r\n'.length;
      if (bytes > MAX_EXPIRY_BYTES) return headers;
      headers.push(header);
    }
  return headers;
}

/** Headers about the origin of a request, as they were sent. */
export interface RequestOrigin {
  readonly method: string;
  readonly secFetchSite?: string;
  readonly origin?: string;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Protects against cross-site request forgery. Browsers send requests for pages of other sites, some of them with the session cookie, so a
 * request that changes something is only trusted if it comes from the hub's own pages, from the address bar, or from a client that is not a
 * browser.
 */
export function isTrustedOrigin({ method, secFetchSite, origin }: RequestOrigin, urls: UrlBuilder): boolean {
  if (SAFE_METHODS.has(method)) return true;
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin' || secFetchSite === 'none';
  if (origin === undefined) return true;
  const originHost = parseUrl(origin)?.host;
  return originHost !== undefined && originHost !== '' && urls.isOwnHost(originHost);
}
