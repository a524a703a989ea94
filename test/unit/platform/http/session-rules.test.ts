import { describe, expect, it } from '@jest/globals';
import { checkPassword } from '../../../../src/users/check-password.js';
import { requireSession, requireSignedIn, requireWriting } from '../../../../src/domain/require-caller.js';
import {
  cookieValue,
  isSessionCookieTrusted,
  isSessionValue,
  sessionCookie,
  type RequestOrigin,
} from '../../../../src/platform/http/session-cookie.js';

describe('the session’s cookie speaks for', () => {
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
    expect(isSessionCookieTrusted({ method: 'DELETE', host, ...request }, 'hub.example.com')).toBe(counts);
  });
});

it.each([
  ['hubfall_session=abc', 'abc'],
  ['a=b; hubfall_session=abc; c=d', 'abc'],
  ['a=b;hubfall_session=x=y', 'x=y'],
  ['xhubfall_session=abc', undefined],
  ['hubfall_session', undefined],
  ['', undefined],
])('the cookie is found in %j', (header, value) => {
  expect(cookieValue(header, 'hubfall_session')).toBe(value);
});

it.each([
  ['http://localhost:8080', 'hubfall_session=v; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax'],
  ['https://example.com/hub', 'hubfall_session=v; Path=/hub; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure'],
])('the cookie of %s is sent there alone', (baseUrl, header) => {
  expect(sessionCookie('v', baseUrl)).toBe(header);
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
