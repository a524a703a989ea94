import { describe, expect, it } from '@jest/globals';
import { checkPassword } from '../../../../src/users/check-password.js';
import { requireSession, requireSignedIn, requireWriting } from '../../../../src/domain/require-caller.js';
import {
  cookieValues,
  expireSessionCookies,
  isSessionValue,
  isTrustedOrigin,
  sessionCookie,
  sessionCookieName,
  type RequestOrigin,
} from '../../../../src/platform/http/session-cookie.js';

describe('a request that changes something is trusted if it comes from', () => {
  const host = 'hub:8080';
  const cases: [string, Partial<RequestOrigin>, boolean][] = [
    ['a read from anywhere', { method: 'GET', secFetchSite: 'cross-site', origin: 'https://evil.example' }, true],
    ['a HEAD from anywhere', { method: 'HEAD', secFetchSite: 'cross-site' }, true],
    ['a page of the hub', { secFetchSite: 'same-origin', origin: 'http://hub:8080' }, true],
    ['the address bar', { secFetchSite: 'none' }, true],
    ['no browser', {}, true],
    ['another site', { secFetchSite: 'cross-site' }, false],
    ['a neighbour', { secFetchSite: 'same-site', origin: 'https://hub.example.com' }, false],
    ['another site that claims to be the hub', { secFetchSite: 'cross-site', origin: 'http://hub:8080' }, false],
    ['an older browser on the host that was asked', { origin: 'http://hub:8080' }, true],
    ['an older browser behind a proxy that renames the host', { origin: 'https://hub.example.com' }, true],
    ['an older browser elsewhere', { origin: 'https://evil.example' }, false],
    ['another port', { origin: 'http://hub:9090' }, false],
    ['a sandboxed page', { origin: 'null' }, false],
    ['a local file', { origin: 'file://' }, false],
  ];

  it.each(cases)('%s', (_, request, counts) => {
    expect(isTrustedOrigin({ method: 'DELETE', host, ...request }, 'hub.example.com')).toBe(counts);
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
])('the session cookies in %j are %j', (header, values) => {
  expect(cookieValues(header, 'hubfall_session')).toEqual(values);
});

it.each([
  ['http://localhost:8080', 'hubfall_session'],
  ['http://example.com/hub', 'hubfall_session'],
  ['https://example.com', '__Host-hubfall_session'],
  ['https://example.com/hub', '__Secure-hubfall_session'],
])('the session cookie of %s is %s', (baseUrl, name) => {
  expect(sessionCookieName(baseUrl)).toBe(name);
});

it.each([
  ['http://localhost:8080', 'hubfall_session=v; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax'],
  ['https://example.com', '__Host-hubfall_session=v; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure'],
  ['https://example.com/hub', '__Secure-hubfall_session=v; Path=/hub; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure'],
])('browsers send the cookie of %s to it alone', (baseUrl, header) => {
  expect(sessionCookie('v', baseUrl)).toBe(header);
});

describe('planted session cookies are deleted', () => {
  const paths = (...all: string[]): string[] => all.map((path) => `hubfall_session=; Path=${path}; Max-Age=0`);
  const domains = (...all: string[]): string[] =>
    ['/', '/hub', '/hub/'].flatMap((path) =>
      all.map((domain) => `__Secure-hubfall_session=; Path=${path}${domain}; Max-Age=0; Secure`),
    );

  it.each<[baseUrl: string, path: string, host: string | undefined, headers: string[]]>([
    ['http://localhost:8080', '/api/me', 'localhost', paths('/', '/api', '/api/', '/api/me', '/api/me/')],
    ['http://192.0.2.1', '/', '192.0.2.1', paths('/')],
    ['http://localhost', '/', undefined, paths('/')],
    ['https://a.b.com/hub', '/hub', 'a.b.com', domains('', '; Domain=a.b.com', '; Domain=b.com')],
    ['https://a.b.com', '/api/me', 'a.b.com', [sessionCookie('', 'https://a.b.com')]],
  ])('for %s and a request of %s at %s', (baseUrl, path, host, headers) => {
    expect(expireSessionCookies(baseUrl, path, host)).toEqual(headers);
  });

  it('within the header limits of proxies', () => {
    const headers = expireSessionCookies('http://a', '/a'.repeat(10_000), `${'a.'.repeat(100)}com`);
    expect(headers.length).toBeGreaterThan(5);
    expect(headers.join('').length).toBeLessThan(2500);
  });
});

it('the cookie is taken back by an empty one', () => {
  expect(sessionCookie('', 'http://localhost')).toMatch(/^hubfall_session=; Path=\/; Max-Age=0;/);
});

it.each([
  ['a'.repeat(43), true],
  [`${'a'.repeat(41)}-_`, true],
  ['a'.repeat(42), false],
  ['a'.repeat(44), false],
  [`${'a'.repeat(42)}\0`, false],
  [undefined, false],
])('%j may be a session: %s', (value, may) => {
  expect(isSessionValue(value)).toBe(may);
});

describe('a new password', () => {
  it.each(['12345678', 'pässwörd', '密码密码密码密码', 'a'.repeat(1024)])('may be %j', (password) => {
    expect(() => checkPassword(password)).not.toThrow();
  });

  it.each(['', '1234567', '🙂🙂🙂🙂', 'a'.repeat(1025), 'ä'.repeat(513)])('is not %j', (password) => {
    expect(() => checkPassword(password, 'new_password')).toThrow(
      expect.objectContaining({
        code: 'BadRequest',
        facts: { fields: [expect.objectContaining({ field: 'new_password' })] },
      }),
    );
  });
});

describe('who may do what', () => {
  const alice = { accountId: '7', name: 'alice' };
  const callers = {
    nobody: {},
    reader: { ...alice, role: 'read', tokenId: 1 },
    writer: { ...alice, role: 'write', tokenId: 2 },
    session: { ...alice, role: 'write', sessionId: 3 },
  } as const;
  const outcome = (rule: (caller: object) => { accountId: number }, caller: object): unknown => {
    try {
      return rule(caller).accountId;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    ['nobody', 'Unauthorized', 'Unauthorized', 'Unauthorized'],
    ['reader', 7, 'Forbidden', 'Forbidden'],
    ['writer', 7, 7, 'Forbidden'],
    ['session', 7, 7, 7],
  ] as const)('%s: be known %s, write %s, act as at the keyboard %s', (who, ...expected) => {
    const rules = [requireSignedIn, requireWriting, requireSession];
    expect(rules.map((rule) => outcome(rule, callers[who]))).toEqual(expected);
  });
});
