import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser } from '../support/test-users.js';
import { describeDeviceLogin } from './device-login-suite.js';
import { describeTokenScopes } from './token-scopes-suite.js';

let hub: RunningHub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub?.close());

const PASSWORD = 'correct horse battery';
const post = (path: string, json: unknown, headers: Record<string, string> = {}): Promise<HttpResponse> =>
  sendRequest(hub.url, path, { method: 'POST', json, headers });
const signIn = async (username: string, password = PASSWORD): Promise<Record<string, string>> => {
  const { headers } = await post('/api/auth/login', { username, password });
  return { cookie: (headers['set-cookie'] ?? '').split(';')[0]! };
};
const me = (headers: Record<string, string>): Promise<HttpResponse> =>
  sendRequest(hub.url, '/api/auth/me', { headers });

describe('an account', () => {
  beforeAll(async () => {
    const created = await post('/api/auth/register', {
      username: 'Carol',
      password: PASSWORD,
      email: 'carol@example.org',
    });
    expect(created.status).toBe(200);
  });

  it('is registered once, ignoring case', async () => {
    const duplicate = await post('/api/auth/register', { username: 'carol', password: PASSWORD });
    expect([duplicate.status, duplicate.json()]).toEqual([409, { error: 'The name "carol" is already taken' }]);
  });

  it.each([
    ['a short password', { username: 'dora', password: 'short' }],
    ['a reserved name', { username: 'settings', password: PASSWORD }],
    ['a name of the operator', { username: 'Support', password: PASSWORD }],
    ['a name that begins with "admin"', { username: 'admin-team', password: PASSWORD }],
    ['a name that clients do not accept', { username: 'a--b', password: PASSWORD }],
    ['an unknown field', { username: 'dora', password: PASSWORD, admin: true }],
  ])('cannot be registered with %s', async (_, body) => {
    expect((await post('/api/auth/register', body)).status).toBe(400);
  });

  it('signs in with an HttpOnly cookie and signs out', async () => {
    const { status, headers } = await post('/api/auth/login', { username: 'carol', password: PASSWORD });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toMatch(/^hubfall_session=[\w-]{43}; .*HttpOnly/);
    expect(headers['set-cookie']).toMatch(/SameSite=Lax/);
    const cookie = { cookie: headers['set-cookie']!.split(';')[0]! };
    expect((await me(cookie)).json()).toMatchObject({ username: 'Carol', email: 'carol@example.org' });
    expect((await post('/api/auth/logout', {}, cookie)).status).toBe(200);
    expect((await me(cookie)).status).toBe(401);
  });

  it('gets the same error for a wrong password as for an unknown user', async () => {
    const wrong = await post('/api/auth/login', { username: 'carol', password: 'not the password' });
    const unknown = await post('/api/auth/login', { username: 'nobody-here', password: 'not the password' });
    expect([wrong.status, wrong.json()]).toEqual([401, unknown.json()]);
    expect(unknown.status).toBe(401);
  });

  it('rejects cross-site requests with its cookie', async () => {
    const cookie = await signIn('carol');
    const crossSite = { ...cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await post('/api/auth/tokens/create', { name: 'stolen' }, crossSite)).status).toBe(403);
    const sameOrigin = { ...cookie, 'sec-fetch-site': 'same-origin' };
    expect((await post('/api/auth/tokens/create', { name: 'laptop-2' }, sameOrigin)).status).toBe(200);
  });

  it('has access tokens that are returned once, described by whoami-v2 and revoked immediately', async () => {
    const cookie = await signIn('carol');
    const created = await post('/api/auth/tokens/create', { name: 'laptop', role: 'read' }, cookie);
    const { token, token_id } = created.json() as { token: string; token_id?: number };
    expect(token).toMatch(/^hf_[A-Za-z]{34}$/);
    const bearer = { authorization: `Bearer ${token}` };
    const whoami = await sendRequest(hub.url, '/api/whoami-v2', { headers: bearer });
    expect(whoami.json()).toMatchObject({
      type: 'user',
      name: 'Carol',
      orgs: [],
      auth: { type: 'access_token', accessToken: { displayName: 'laptop', role: 'read' } },
    });
    expect((await post('/api/auth/tokens/create', { name: 'more' }, bearer)).status).toBe(403);
    const listed = await sendRequest(hub.url, '/api/auth/tokens', { headers: cookie });
    expect(listed.body.toString()).not.toContain(token);
    const id =
      token_id ??
      (listed.json() as { tokens: { id: number; name: string }[] }).tokens.find(({ name }) => name === 'laptop')!.id;
    expect((await sendRequest(hub.url, `/api/auth/tokens/${id}`, { method: 'DELETE', headers: cookie })).status).toBe(
      200,
    );
    expect((await sendRequest(hub.url, '/api/whoami-v2', { headers: bearer })).status).toBe(401);
  });

  it('can change its password, which ends its other sessions', async () => {
    const [current, other] = [await signIn('carol'), await signIn('carol')];
    const change = { old_password: PASSWORD, new_password: 'another long password' };
    expect((await post('/api/auth/password', { ...change, old_password: 'wrong one' }, current)).status).toBe(403);
    expect((await post('/api/auth/password', change, current)).status).toBe(200);
    expect([(await me(current)).status, (await me(other)).status]).toEqual([200, 401]);
    const revert = { old_password: change.new_password, new_password: PASSWORD };
    expect((await post('/api/auth/password', revert, current)).status).toBe(200);
  });

  it('ignores invalid cookies, and a token takes precedence over a cookie', async () => {
    const { headers } = await createTestUser(hub, 'dan');
    for (const cookie of ['hubfall_session=', `hubfall_session=${'x'.repeat(43)}`, 'hubfall_session', 'theme=dark'])
      expect((await sendRequest(hub.url, '/api/version', { headers: { cookie } })).status).toBe(200);
    const both = { ...headers, ...(await signIn('carol')) };
    expect((await sendRequest(hub.url, '/api/whoami-v2', { headers: both })).json()).toMatchObject({ name: 'dan' });
  });

  it.each([
    ['/api/auth/login', undefined, 400],
    ['/api/auth/login', { username: ['carol'], password: PASSWORD }, 400],
    ['/api/auth/login', { username: 'carol\0', password: PASSWORD }, 401],
    ['/api/auth/login', { username: 'carol', password: '\0' }, 401],
    ['/api/auth/register', { username: 'x\0', password: PASSWORD }, 400],
    ['/api/auth/register', { username: 'fay', password: PASSWORD, full_name: 'a\0' }, 400],
    ['/api/auth/password', {}, 400],
    ['/api/auth/tokens/create', { name: '' }, 400],
    ['/api/auth/tokens/create', { name: 'a\0b' }, 400],
    ['/api/auth/tokens/create', { name: 'x', role: 'god' }, 400],
    ['/api/organizations/create', { name: 'Nul', description: 'a\0' }, 400],
    ['/api/organizations/create', { name: 'Undescribed', description: null }, 201],
    ['/api/organizations/create', { name: 'hubfall' }, 400],
    ['/org/create', { name: 'Security' }, 400],
  ])('POST %s with %j returns %s', async (path, body, status) => {
    expect((await post(path, body, await signIn('carol'))).status).toBe(status);
  });

  it.each(['0', '999999999', '99999999999999999999', '1e1', '%00', 'x'])(
    'gets 404 for the revocation of token %s',
    async (id) => {
      const headers = await signIn('carol');
      expect((await sendRequest(hub.url, `/api/auth/tokens/${id}`, { method: 'DELETE', headers })).status).toBe(404);
    },
  );

  it('can revoke with a token only that token itself', async () => {
    const cookie = await signIn('carol');
    const [first, second] = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const created = (await post('/api/auth/tokens/create', { name }, cookie)).json() as {
          token: string;
          id: number;
        };
        return { ...created, headers: { authorization: `Bearer ${created.token}` } };
      }),
    );
    const revoke = async (id: number): Promise<number> =>
      (await sendRequest(hub.url, `/api/auth/tokens/${id}`, { method: 'DELETE', headers: first!.headers })).status;
    expect([await revoke(second!.id), await revoke(first!.id), await revoke(first!.id)]).toEqual([403, 200, 401]);
  });

  it('is required for whoami-v2', async () => {
    const whoami = await sendRequest(hub.url, '/api/whoami-v2');
    expect([whoami.status, whoami.json()]).toEqual([401, { error: 'Invalid username or password.' }]);
  });
});

it('limits the rate of failed sign-ins', async () => {
  await post('/api/auth/register', { username: 'guessed', password: PASSWORD });
  const statuses: number[] = [];
  for (let n = 0; n < 40 && statuses.at(-1) !== 429; n += 1)
    statuses.push((await post('/api/auth/login', { username: 'guessed', password: `wrong ${n}` })).status);
  expect(statuses.at(-1)).toBe(429);
});

describe('an organization', () => {
  it('has its creator as admin, can have members added, and keeps its last admin', async () => {
    const [ann, ben] = [await createTestUser(hub, 'ann'), await createTestUser(hub, 'ben')];
    const created = await post('/api/organizations/create', { name: 'Acme' }, ann.headers);
    expect([created.status, created.json()]).toEqual([201, { success: true, name: 'Acme' }]);
    expect((await post('/org/create', { name: 'acme' }, ben.headers)).status).toBe(409);
    const member = '/api/organizations/acme/members/ben';
    const put = (headers: Record<string, string>, role: string) =>
      sendRequest(hub.url, member, { method: 'PUT', json: { role }, headers });
    expect((await put(ben.headers, 'admin')).status).toBe(403);
    expect((await put(ann.headers, 'write')).status).toBe(200);
    expect((await put(ann.headers, 'owner')).status).toBe(400);
    const members = await sendRequest(hub.url, '/api/organizations/acme/members');
    expect(members.json()).toMatchObject([
      { user: 'ann', role: 'admin' },
      { user: 'ben', role: 'write' },
    ]);
    const whoami = await sendRequest(hub.url, '/api/whoami-v2', { headers: ben.headers });
    expect(whoami.json()).toMatchObject({ orgs: [{ name: 'Acme', roleInOrg: 'write' }] });
    const ownMembership = '/api/organizations/acme/members/ann';
    expect((await sendRequest(hub.url, ownMembership, { method: 'DELETE', headers: ann.headers })).status).toBe(409);
    expect((await sendRequest(hub.url, member, { method: 'DELETE', headers: ann.headers })).status).toBe(200);
  });

  it('can be left by its members', async () => {
    const [cleo, dan, eve] = [
      await createTestUser(hub, 'cleo'),
      await createTestUser(hub, 'dan'),
      await createTestUser(hub, 'eve'),
    ];
    await post('/api/organizations/create', { name: 'club' }, cleo.headers);
    for (const user of ['dan', 'eve'])
      await sendRequest(hub.url, `/api/organizations/club/members/${user}`, {
        method: 'PUT',
        json: { role: 'read' },
        headers: cleo.headers,
      });
    const leave = (user: string, headers: Record<string, string>) =>
      sendRequest(hub.url, `/api/organizations/club/members/${user}`, { method: 'DELETE', headers });
    expect((await leave('eve', dan.headers)).status).toBe(403);
    expect((await leave('DAN', dan.headers)).status).toBe(200);
    expect((await leave('nobody', eve.headers)).status).toBe(403);
    const members = await sendRequest(hub.url, '/api/organizations/club/members');
    expect((members.json() as { user: string }[]).map(({ user }) => user)).toEqual(['cleo', 'eve']);
  });
});

describeDeviceLogin(() => hub);
describeTokenScopes(() => hub);
