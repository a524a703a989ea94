import { describe, expect, it } from '@jest/globals';
import {
  cookieValue,
  isSessionCookieTrusted,
  isSessionValue,
  sessionCookie,
  type RequestOrigin,
} from '../../../../src/platform/http/session-cookie.js';

describe('isSessionCookieTrusted', () => {
  const host = 'hub:8080';
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
    expect(isSessionCookieTrusted({ method: 'DELETE', host, ...request }, 'hub.example.com')).toBe(expected);
  });
});

it.each([
  ['hubfall_session=abc', 'abc'],
  ['a=b; hubfall_session=abc; c=d', 'abc'],
  ['a=b;hubfall_session=x=y', 'x=y'],
  ['xhubfall_session=abc', undefined],
  ['hubfall_session', undefined],
  ['', undefined],
])('cookieValue reads the session from %j', (header, value) => {
  expect(cookieValue(header, 'hubfall_session')).toBe(value);
});

it.each([
  ['http://localhost:8080', 'hubfall_session=v; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax'],
  ['https://example.com/hub', 'hubfall_session=v; Path=/hub; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure'],
])('the session cookie of %s is limited to its origin and path', (baseUrl, header) => {
  expect(sessionCookie('v', baseUrl)).toBe(header);
});

it('an empty session cookie expires immediately', () => {
  expect(sessionCookie('', 'http://localhost')).toMatch(/^hubfall_session=; Path=\/; Max-Age=0;/);
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
