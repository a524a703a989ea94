import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminClient, type AdminResponse, type AdminClient } from '../support/admin-client.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestOrganization, createTestUser } from '../support/test-users.js';

const PASSWORD = 'correct horse battery';

let hub: RunningHub;
let admin: AdminClient;
beforeAll(async () => {
  hub = await startHub({ env: { KOHAKU_HUB_REGISTRATION: 'closed' } });
  admin = adminClient(hub);
});
afterAll(() => hub?.close());

const signIn = (username: string, password = PASSWORD): Promise<HttpResponse> =>
  sendRequest(hub.url, '/api/auth/login', { method: 'POST', json: { username, password } });
const cookieOf = ({ headers }: HttpResponse): { cookie: string } => ({ cookie: headers['set-cookie']!.split(';')[0]! });
const statusOf = async (headers: Readonly<Record<string, string>>): Promise<number> =>
  (await sendRequest(hub.url, '/api/whoami-v2', { headers })).status;
/** The statuses of routes that only authenticate: one that requires a session, and one that rejects invalid tokens. */
const authenticationStatuses = async (
  session: { cookie: string },
  token: Readonly<Record<string, string>>,
): Promise<number[]> => [
  (await sendRequest(hub.url, '/api/auth/tokens', { headers: session })).status,
  (await sendRequest(hub.url, '/api/version', { headers: token })).status,
];
const make = (name: string, more: object = { password: PASSWORD }): Promise<AdminResponse> =>
  admin('POST', '/accounts', { name, kind: 'user', ...more });

describe('administrators', () => {
  const setUp = (token: string, username = 'root-user') =>
    sendRequest(hub.url, '/api/auth/setup', {
      method: 'POST',
      headers: { 'x-admin-token': token },
      json: { username, password: PASSWORD },
    });
  const isRequired = async (): Promise<unknown> => (await sendRequest(hub.url, '/api/auth/setup')).json();
  const accounts = (headers: Record<string, string>, method: 'GET' | 'PUT' = 'GET', json?: object) =>
    sendRequest(hub.url, `/admin/api/accounts${json ? '/helper' : ''}`, { method, headers, ...(json && { json }) });

  it('the first account is an administrator, if its creator has the admin token', async () => {
    expect(await isRequired()).toEqual({ required: true });
    expect((await setUp('wrong-token')).status).toBe(403);
    expect((await setUp(hub.adminToken)).status).toBe(200);
    expect(await isRequired()).toEqual({ required: false });
    expect((await setUp(hub.adminToken, 'second')).status).toBe(409);
    const cookie = cookieOf(await signIn('root-user'));
    expect((await sendRequest(hub.url, '/api/auth/me', { headers: cookie })).json()).toMatchObject({
      administrator: true,
    });
    expect((await accounts(cookie)).status).toBe(200);
  });

  it('give and remove the role, with effect on running sessions', async () => {
    const cookie = cookieOf(await signIn('root-user'));
    await make('helper');
    const helper = cookieOf(await signIn('helper'));
    expect((await accounts(helper)).status).toBe(403);
    expect((await accounts(cookie, 'PUT', { administrator: true })).json()).toMatchObject({ administrator: true });
    expect((await accounts(helper)).status).toBe(200);
    expect((await accounts(cookie, 'PUT', { administrator: false })).status).toBe(200);
    expect((await accounts(helper)).status).toBe(403);
  });

  it('cannot be named by other sites', async () => {
    const cookie = cookieOf(await signIn('root-user'));
    const origins: Record<string, string>[] = [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }];
    for (const origin of origins) {
      const forged = await accounts({ ...cookie, ...origin }, 'PUT', {
        administrator: true,
      });
      expect(forged.status).toBe(403);
    }
    expect((await admin('GET', '/accounts/helper')).body).toMatchObject({ administrator: false });
  });

  it('the last one stays, while no admin token is set', async () => {
    const change = (json: object) => admin('PUT', '/accounts/root-user', json);
    for (const json of [{ administrator: false }, { disabled: true }]) expect((await change(json)).status).toBe(409);
    expect((await admin('DELETE', '/accounts/root-user')).status).toBe(409);
    await admin('PUT', '/accounts/helper', { administrator: true });
    expect((await change({ administrator: false })).status).toBe(200);
    await change({ administrator: true });
    await admin('PUT', '/accounts/helper', { administrator: false });
  });

  it('use the admin API with tokens only if they have the permission', async () => {
    const cookie = cookieOf(await signIn('root-user'));
    const tokenWith = async (body: object): Promise<Record<string, string>> => {
      const reply = await sendRequest(hub.url, '/api/auth/tokens/create', {
        method: 'POST',
        headers: cookie,
        json: { name: 'script', ...body },
      });
      return { authorization: `Bearer ${(reply.json() as { token: string }).token}` };
    };
    const fineGrained = (global: string[]) => ({ role: 'fineGrained', fineGrained: { global, scoped: [] } });
    const statuses = await Promise.all(
      [{ role: 'write' }, fineGrained(['discussion.write']), fineGrained(['hub.admin'])].map(
        async (body) => (await accounts(await tokenWith(body))).status,
      ),
    );
    expect(statuses).toEqual([403, 403, 200]);
  });
});

it('only administrators can create accounts if registration is closed', async () => {
  const registered = await sendRequest(hub.url, '/api/auth/register', {
    method: 'POST',
    json: { username: 'eve', password: PASSWORD },
  });
  expect(registered.status).toBe(403);
  expect((await signIn('eve')).status).toBe(401);
  const unread = await sendRequest(hub.url, '/api/auth/register', { method: 'POST', json: 'x'.repeat(100_000) });
  expect(unread.status).toBe(403);
  expect(await make('Ada', { password: PASSWORD, email: 'ada@example.org', full_name: 'Ada L.' })).toMatchObject({
    status: 201,
    body: {
      name: 'Ada',
      kind: 'user',
      full_name: 'Ada L.',
      email: 'ada@example.org',
      disabled: false,
      reserved: false,
    },
  });
  expect((await signIn('ada')).status).toBe(200);
  expect((await make('ADA')).status).toBe(409);
});

it('creates accounts with names that users cannot choose', async () => {
  expect((await make('support', { password: PASSWORD })).status).toBe(201);
  expect((await signIn('support')).status).toBe(200);
});

describe.each([
  ['GET', '/accounts'],
  ['POST', '/accounts'],
  ['GET', '/accounts/ada'],
  ['PUT', '/accounts/ada'],
  ['POST', '/accounts/ada/password'],
  ['DELETE', '/accounts/ada'],
] as const)('%s %s', (method, path) => {
  it('requires an administrator', async () => {
    const { headers } = await createTestUser(hub, 'nosy');
    expect((await sendRequest(hub.url, `/admin/api${path}`, { method })).status).toBe(401);
    expect((await sendRequest(hub.url, `/admin/api${path}`, { method, headers })).status).toBe(403);
  });
});

it.each([
  ['a short password', { name: 'bad', kind: 'user', password: 'short' }, 'password'],
  ['a password of null', { name: 'bad', kind: 'user', password: null }, 'password'],
  ['no kind', { name: 'bad' }, 'kind'],
  ['a full name of null', { name: 'bad', kind: 'user', full_name: null }, 'full_name'],
  ['a full name with control characters', { name: 'bad', kind: 'user', full_name: 'a\0b' }, 'full_name'],
  ['an invalid email', { name: 'bad', kind: 'user', email: 'nowhere' }, 'email'],
  ['an unknown field', { name: 'bad', kind: 'user', admin: true }, 'admin'],
  ['an organization’s password', { name: 'bad', kind: 'organization', password: PASSWORD }, 'password'],
])('%s is refused, and the field is named', async (_, body, field) => {
  const { status, body: errorBody } = await admin('POST', '/accounts', body);
  expect([status, (errorBody as { fields: { field: string }[] }).fields[0]?.field]).toEqual([400, field]);
  expect((await admin('GET', '/accounts/bad')).status).toBe(404);
});

describe('the list', () => {
  beforeAll(async () => {
    for (const name of ['list-b', 'list-A', 'list-c']) await make(name, { full_name: `The ${name.at(-1)} 100%` });
    await admin('POST', '/accounts', { name: 'list-org', kind: 'organization' });
  });
  const names = ({ body }: AdminResponse): string[] =>
    (body as { accounts: { name: string }[] }).accounts.map(({ name }) => name);

  it.each([
    ['search=LIST-', ['list-A', 'list-b', 'list-c', 'list-org']],
    ['search=list-&kind=organization', ['list-org']],
    ['search=the%20a%20', ['list-A']],
    ['search=100%25', ['list-A', 'list-b', 'list-c']],
    ['search=l%25st', []],
    ['search=li_t', []],
  ])('for %s is sorted by name', async (query, expected) => {
    expect(names(await admin('GET', `/accounts?${query}`))).toEqual(expected);
  });

  it('is paginated', async () => {
    const first = await admin('GET', '/accounts?search=list-&limit=3');
    const { next } = first.body as { next: string };
    const second = await admin('GET', `/accounts?search=list-&limit=3&cursor=${next}`);
    expect([names(first), names(second)]).toEqual([['list-A', 'list-b', 'list-c'], ['list-org']]);
    expect(second.body).toMatchObject({ next: null });
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'kind=robot', 'search=%00', 'colour=red'])(
    'refuses %s',
    async (query) => {
      expect((await admin('GET', `/accounts?${query}`)).status).toBe(400);
    },
  );

  it('includes no passwords', async () => {
    expect((await admin('GET', '/accounts?limit=500')).text).not.toMatch(/argon2|password/);
  });
});

describe('an update', () => {
  it('changes only the fields in the request', async () => {
    await make('grace', { email: 'grace@example.org', full_name: 'Grace' });
    const changed = await admin('PUT', '/accounts/GRACE', { reserved: true, email: null });
    expect(changed).toMatchObject({
      status: 200,
      body: { full_name: 'Grace', email: null, reserved: true, disabled: false },
    });
    expect((await admin('PUT', '/accounts/grace', {})).body).toEqual(changed.body);
  });

  it.each([{ disabled: null }, { reserved: 'yes' }, { full_name: null }, { name: 'other' }])(
    'cannot be %j',
    async (body) => {
      expect((await admin('PUT', '/accounts/ada', body)).status).toBe(400);
    },
  );

  it('cannot disable an organization', async () => {
    await createTestOrganization(hub, 'standing', {});
    expect(await admin('PUT', '/accounts/standing', { disabled: true, reserved: true })).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'disabled', message: expect.any(String) }] },
    });
    expect((await admin('GET', '/accounts/standing')).body).toMatchObject({ disabled: false, reserved: false });
    expect((await admin('PUT', '/accounts/standing', { disabled: false })).status).toBe(200);
  });

  it('returns 404 for a missing account', async () => {
    for (const name of ['nobody', '%00', 'a%2Fb'])
      expect((await admin('PUT', `/accounts/${name}`, {})).status).toBe(404);
  });
});

it('a disabled account loses access immediately and regains it once it is enabled', async () => {
  await make('mallory');
  const session = cookieOf(await signIn('mallory'));
  const token = (await createTestUser(hub, 'mallory')).headers;
  expect([await statusOf(session), await statusOf(token)]).toEqual([200, 200]);
  expect((await admin('PUT', '/accounts/mallory', { disabled: true })).body).toMatchObject({ disabled: true });
  expect([await statusOf(session), await statusOf(token)]).toEqual([401, 401]);
  expect([(await signIn('mallory', 'not the password')).status, (await signIn('mallory')).status]).toEqual([401, 403]);
  await admin('PUT', '/accounts/mallory', { disabled: false });
  expect([await statusOf(session), await statusOf(token), (await signIn('mallory')).status]).toEqual([401, 200, 200]);
});

it('public repositories of a disabled account remain readable, until they are disabled as well', async () => {
  const owner = await createTestUser(hub, 'trudy');
  const json = { name: 'open' };
  await sendRequest(hub.url, '/api/repos/create', { method: 'POST', json, headers: owner.headers });
  const read = async (): Promise<number> => (await sendRequest(hub.url, '/api/models/trudy/open')).status;
  await admin('PUT', '/accounts/trudy', { disabled: true });
  expect(await read()).toBe(200);
  expect((await admin('PUT', '/repositories/model/trudy/open', { disabled: true })).status).toBe(200);
  expect(await read()).toBe(403);
});

describe('a password', () => {
  it('can be given or generated, and its change ends all sessions', async () => {
    await make('oscar');
    const session = cookieOf(await signIn('oscar'));
    expect(await statusOf(session)).toBe(200);
    const response = await admin('POST', '/accounts/oscar/password', { password: 'another long one' });
    expect(response.body).toEqual({ success: true, message: expect.any(String) });
    expect([await statusOf(session), (await signIn('oscar')).status]).toEqual([401, 401]);
    expect((await signIn('oscar', 'another long one')).status).toBe(200);
    const { password } = (await admin('POST', '/accounts/oscar/password')).body as { password: string };
    expect(password.length).toBeGreaterThanOrEqual(24);
    expect((await signIn('oscar', password)).status).toBe(200);
  });

  it('cannot be set for an organization', async () => {
    await createTestOrganization(hub, 'faceless', {});
    expect((await admin('POST', '/accounts/faceless/password', {})).status).toBe(400);
    expect((await signIn('faceless')).status).toBe(401);
  });
});

describe('deleting an account', () => {
  it('deletes its sessions, tokens and memberships and frees the name', async () => {
    await make('trent');
    const session = cookieOf(await signIn('trent'));
    const token = (await createTestUser(hub, 'trent')).headers;
    await createTestUser(hub, 'uma');
    await createTestOrganization(hub, 'guild', { trent: 'write', uma: 'admin' });
    expect(await authenticationStatuses(session, token)).toEqual([200, 200]);
    expect((await admin('DELETE', '/accounts/trent')).status).toBe(200);
    expect(await authenticationStatuses(session, token)).toEqual([401, 401]);
    expect((await signIn('trent')).status).toBe(401);
    const members = await sendRequest(hub.url, '/api/organizations/guild/members');
    expect(members.json()).toMatchObject([{ user: 'uma' }]);
    expect([(await admin('DELETE', '/accounts/trent')).status, (await make('trent')).status]).toEqual([404, 201]);
  });

  it('is refused for the owner of a repository', async () => {
    const { headers } = await createTestUser(hub, 'victor');
    const json = { name: 'kept', type: 'model' };
    expect((await sendRequest(hub.url, '/api/repos/create', { method: 'POST', json, headers })).status).toBe(200);
    expect(await admin('DELETE', '/accounts/victor')).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('owns repositories') },
    });
    expect(await statusOf(headers)).toBe(200);
  });

  it('is refused for the only admin of an organization', async () => {
    await createTestUser(hub, 'walter');
    await createTestUser(hub, 'wendy');
    await createTestOrganization(hub, 'lonely', { walter: 'admin', wendy: 'write' });
    expect(await admin('DELETE', '/accounts/walter')).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('"lonely"') },
    });
    expect((await admin('DELETE', '/accounts/lonely')).status).toBe(200);
    expect((await admin('DELETE', '/accounts/walter')).status).toBe(200);
  });
});
