import { describe, expect, it } from '@jest/globals';
import { UrlBuilder } from '../../../../src/domain/url-builder.js';
import {
  cookieValues,
  expireSessionCookies,
  isSessionValue,
  isTrustedOrigin,
  sessionCookie,
  sessionCookieName,
  type RequestOrigin,
} from '../../../../src/platform/http/session-cookie.js';
import { urlsOf } from '../../../support/urls-of.js';

describe('isTrustedOrigin', () => {
  // configured as hub.example.com, behind a proxy that changes the host
  const urls = new UrlBuilder({ scheme: 'https', host: 'hub.example.com', prefix: '' }, 'hub:8080');
  const cases: [string, Partial<RequestOrigin>, boolean][] = [
    ['a cross-site GET', { method: 'GET', secFetchSite: 'cross-site', origin: 'https://evil.example' }, true],
    ['a cross-site HEAD', { method: 'HEAD', secFetchSite: 'cross-site' }, true],
    ['a page of this hub', { secFetchSite: 'same-origin', origin: 'http://hub:8080' }, true],
    ['the address bar', { secFetchSite: 'none' }, true],
    ['a client without browser headers', {}, true],
    ['another site', { secFetchSite: 'cross-site' }, false],
    ['another subdomain', { secFetchSite: 'same-site', origin: 'https://hub.example.com' }, false],
    ['another site that claims to be the hub', { secFetchSite: 'cross-site', origin: 'http://hub:8080' }, false],
    ['an older browser with the origin of the request', { origin: 'http://hub:8080' }, true],
    ['an older browser behind a proxy that changes the host', { origin: 'https://hub.example.com' }, true],
    ['an older browser with another origin', { origin: 'https://evil.example' }, false],
    ['another port', { origin: 'http://hub:9090' }, false],
    ['a sandboxed page', { origin: 'null' }, false],
    ['a local file', { origin: 'file://' }, false],
  ];

  it.each(cases)('for %s', (_, request, expected) => {
    expect(isTrustedOrigin({ method: 'DELETE', ...request }, urls)).toBe(expected);
  });
});

it.each([
  ['hubfall_session=abc', ['abc']],
  ['a=b; hubfall_session=abc; c=d', ['abc']],
  ['a=b;hubfall_session=x=y', ['x=y']],
  ['hubfall_session=', ['']],
  ['hubfall_session=a; hubfall_session=b', ['a', 'b']],
  ['hubfall_session=a;b=c;hubfall_session=a', ['a', 'a']],
  ['xhubfall_session=abc', []],
  ['__Host-hubfall_session=abc', []],
  ['hubfall_session', []],
  ['', []],
])('cookieValues reads the sessions from %j', (header, values) => {
  expect(cookieValues(header, 'hubfall_session')).toEqual(values);
});

it.each([
  ['http://localhost:8080', 'hubfall_session'],
  ['http://example.com/hub', 'hubfall_session'],
  ['https://example.com', '__Host-hubfall_session'],
  ['https://example.com/hub', '__Secure-hubfall_session'],
])('the session cookie of %s is called %s', (baseUrl, name) => {
  expect(sessionCookieName(urlsOf(baseUrl))).toBe(name);
});

it.each([
  ['http://localhost:8080', 'hubfall_session=v; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax'],
  ['https://example.com', '__Host-hubfall_session=v; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure'],
  ['https://example.com/hub', '__Secure-hubfall_session=v; Path=/hub; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure'],
])('the session cookie of %s is limited to its origin and path', (baseUrl, header) => {
  expect(sessionCookie('v', urlsOf(baseUrl))).toBe(header);
});

describe('expireSessionCookies', () => {
  const paths = (...all: string[]): string[] => all.map((path) => `hubfall_session=; Path=${path}; Max-Age=0`);
  const domains = (...all: string[]): string[] =>
    ['/', '/hub', '/hub/'].flatMap((path) =>
      all.map((domain) => `__Secure-hubfall_session=; Path=${path}${domain}; Max-Age=0; Secure`),
    );

  it.each<[baseUrl: string, path: string, headers: string[]]>([
    ['http://localhost:8080', '/api/me', paths('/', '/api', '/api/', '/api/me', '/api/me/')],
    ['http://192.0.2.1', '/', paths('/')],
    ['http://[2001:db8::1]:8080', '/', paths('/')],
    ['https://a.b.com:8443/hub', '/', domains('', '; Domain=a.b.com', '; Domain=b.com')],
    ['https://a.b.com', '/api/me', [sessionCookie('', urlsOf('https://a.b.com'))]],
  ])('deletes planted cookies for %s and a request of %s', (baseUrl, path, headers) => {
    expect(expireSessionCookies(urlsOf(baseUrl), path)).toEqual(headers);
  });

  it('deletes cookies of the host that the browser uses', () => {
    const urls = new UrlBuilder({ scheme: 'http', host: 'hub.example.com', prefix: '' }, 'a.b.com:8080');
    expect(expireSessionCookies(urls, '/')).toContain('hubfall_session=; Path=/; Domain=b.com; Max-Age=0');
  });

  it('stays within the header limits of proxies', () => {
    const headers = expireSessionCookies(urlsOf(`http://${'a.'.repeat(100)}com`), '/a'.repeat(10_000));
    expect(headers.length).toBeGreaterThan(5);
    expect(headers.join('').length).toBeLessThan(2500);
  });
});

it('an empty session cookie expires immediately', () => {
  expect(sessionCookie('', urlsOf('http://localhost'))).toMatch(/^hubfall_session=; Path=\/; Max-Age=0;/);
});

it.each([
  ['a'.repeat(43), true],
  [`${'a'.repeat(41)}-_`, true],
  ['a'.repeat(42), false],
  ['a'.repeat(44), false],
  [`${'a'.repeat(42)}\0`, false],
  [undefined, false],
])('isSessionValue(%j) is %s', (value, expected) => {
  expect(isSessionValue(value)).toBe(expected);
});
