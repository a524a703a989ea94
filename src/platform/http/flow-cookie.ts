import type { UrlBuilder } from '../../domain/url-builder.js';
import { cookieNames, cookieValues } from './session-cookie.js';

/** Where the cookies of sign-ins that are in progress are sent, if browsers allow a path. */
const PATH = '/api/auth/oidc';
/** How long users have to sign in at a provider. */
export const FLOW_SECONDS = 15 * 60;
/** The most sign-ins that can be in progress in a browser. Each has a cookie of up to 2 kB, and servers limit the size of headers. */
const MAX_FLOWS = 4;
/** The parameter `state` of a sign-in that this hub has started: 32 random bytes. */
const STATE = /^[\w-]{43}$/;
const NAME_LENGTH = 8;

/** The sign-ins at providers that are in progress in a browser. */
export interface FlowCookies {
  /** The names of all of their cookies, oldest first. */
  readonly names: readonly string[];
  /** The values of the cookie for the sign-in that the request continues. */
  readonly sealed: readonly string[];
}

/** @param state - the parameter `state` of the request */
export function readFlowCookies(urls: UrlBuilder, cookie: string, state: unknown): FlowCookies {
  const prefix = namePrefix(urls);
  const names = cookieNames(cookie).filter((name) => name.startsWith(prefix));
  const isOurs = typeof state === 'string' && STATE.test(state);
  return { names, sealed: isOurs ? cookieValues(cookie, nameFor(urls, state)) : [] };
}

/** The `Set-Cookie` headers that start a sign-in. The oldest of other tabs end if there would be too many. */
export function startFlow(urls: UrlBuilder, state: string, sealed: string, others: FlowCookies | undefined): string[] {
  const { names = [] } = others ?? {};
  const ended = names.slice(0, Math.max(0, names.length - MAX_FLOWS + 1));
  return [...ended.map((name) => flowCookie(urls, name, '')), flowCookie(urls, nameFor(urls, state), sealed)];
}

/** The `Set-Cookie` headers that end a sign-in. */
export const endFlow = (urls: UrlBuilder, state: string): string[] =>
  STATE.test(state) ? [flowCookie(urls, nameFor(urls, state), '')] : [];

/** As for the session cookie, the prefix makes browsers refuse a cookie that another host sets. */
function namePrefix({ isHttps, prefix }: UrlBuilder): string {
  const name = 'hubfall_signin_';
  if (!isHttps) return name;
  return prefix === '' ? `__Host-${name}` : `__Secure-${name}`;
}

const nameFor = (urls: UrlBuilder, state: string): string => namePrefix(urls) + state.slice(0, NAME_LENGTH);

/** `Lax`, because the provider leads back from another site. */
function flowCookie(urls: UrlBuilder, name: string, value: string): string {
  const path = name.startsWith('__Host-') ? '/' : urls.path(PATH);
  const parts = [`${name}=${value}`, `Path=${path}`, `Max-Age=${value === '' ? 0 : FLOW_SECONDS}`];
  return [...parts, 'HttpOnly', 'SameSite=Lax', ...(urls.isHttps ? ['Secure'] : [])].join('; ');
}
