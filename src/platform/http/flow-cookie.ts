import type { UrlBuilder } from '../../domain/url-builder.js';

/** Where the cookies of sign-ins that are in progress are sent, if browsers allow a path. */
const PATH = '/api/auth/oidc';
/** How long users have to sign in at a provider. */
export const FLOW_SECONDS = 15 * 60;
/** The most sign-ins that can be in progress in a browser. Each has a cookie of up to 2 kB, and servers limit the size of headers. */
const SLOTS = 4;

/**
 * The name of the cookie of a sign-in that is in progress at a provider. There are several, for several tabs. As for the session cookie, its prefix makes browsers
 * refuse one that another host sets.
 * @param state - the parameter `state` of the sign-in
 */
export function flowCookieName({ isHttps, prefix }: UrlBuilder, state: string): string {
  const name = `hubfall_signin_${(state.charCodeAt(0) || 0) % SLOTS}`;
  if (!isHttps) return name;
  return prefix === '' ? `__Host-${name}` : `__Secure-${name}`;
}

/**
 * The `Set-Cookie` header that starts a sign-in, or ends it if `value` is empty. `Lax`, because the provider leads back from another site.
 */
export function flowCookie(urls: UrlBuilder, state: string, value: string): string {
  const name = flowCookieName(urls, state);
  const path = name.startsWith('__Host-') ? '/' : urls.path(PATH);
  const parts = [`${name}=${value}`, `Path=${path}`, `Max-Age=${value === '' ? 0 : FLOW_SECONDS}`];
  return [...parts, 'HttpOnly', 'SameSite=Lax', ...(urls.isHttps ? ['Secure'] : [])].join('; ');
}
