import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, type Told } from '../support/ask.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { person } from '../support/people.js';

let hub: RunningHub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub?.close());

const PASSWORD = 'correct horse battery';
const post = (path: string, json: unknown, headers: Record<string, string> = {}): Promise<Told> =>
  ask(hub.url, path, { method: 'POST', json, headers });
const signIn = async (username: string, password = PASSWORD): Promise<Record<string, string>> => {
  const { headers } = await post('/api/auth/login', { username, password });
  return { cookie: (headers['set-cookie'] ?? '').split(';')[0]! };
};
const me = (headers: Record<string, string>): Promise<Told> => ask(hub.url, '/api/auth/me', { headers });

describe('an account', () => {
  beforeAll(async () => {
    const made = await post('/api/auth/register', {
      username: 'Carol',
      password: PASSWORD,
      email: 'carol@example.org',
    });
    expect(made.status).toBe(200);
  });

  it('is registered once, whatever the case', async () => {
    const again = await post('/api/auth/register', { username: 'carol', password: PASSWORD });
    expect([again.status, again.json()]).toEqual([409, { error: 'The name "carol" is already taken' }]);
  });

  it.each([
    ['a short password', { username: 'dora', password: 'short' }],
    ['a reserved name', { username: 'settings', password: PASSWORD }],
    ['a name that no client takes', { username: 'a--b', password: PASSWORD }],
    ['an unknown field', { username: 'dora', password: PASSWORD, admin: true }],
  ])('is not registered with %s', async (_, body) => {
    expect((await post('/api/auth/register', body)).status).toBe(400);
  });

  it('signs in with a cookie that scripts cannot read, and out again', async () => {
    const { status, headers } = await post('/api/auth/login', { username: 'carol', password: PASSWORD });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toMatch(/^hubfall_session=[\w-]{43}; .*HttpOnly/);
    expect(headers['set-cookie']).toMatch(/SameSite=Lax/);
    const cookie = { cookie: headers['set-cookie']!.split(';')[0]! };
    expect((await me(cookie)).json()).toMatchObject({ username: 'Carol', email: 'carol@example.org' });
    expect((await post('/api/auth/logout', {}, cookie)).status).toBe(200);
    expect((await me(cookie)).status).toBe(401);
  });

  it('is told the same for a wrong password and for nobody', async () => {
    const wrong = await post('/api/auth/login', { username: 'carol', password: 'not the password' });
    const nobody = await post('/api/auth/login', { username: 'nobody-here', password: 'not the password' });
    expect([wrong.status, wrong.json()]).toEqual([401, nobody.json()]);
    expect(nobody.status).toBe(401);
  });

  it('acts for no page but the hub’s own', async () => {
    const cookie = await signIn('carol');
    const foreign = { ...cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await post('/api/auth/tokens/create', { name: 'stolen' }, foreign)).status).toBe(403);
    const own = { ...cookie, 'sec-fetch-site': 'same-origin' };
    expect((await post('/api/auth/tokens/create', { name: 'mine' }, own)).status).toBe(200);
  });

  it('has access tokens: shown once, told by whoami, withdrawn at once', async () => {
    const cookie = await signIn('carol');
    const made = await post('/api/auth/tokens/create', { name: 'laptop', role: 'read' }, cookie);
    const { token, token_id } = made.json() as { token: string; token_id?: number };
    expect(token).toMatch(/^hf_[A-Za-z0-9]{40}$/);
    const bearer = { authorization: `Bearer ${token}` };
    const who = await ask(hub.url, '/api/whoami-v2', { headers: bearer });
    expect(who.json()).toMatchObject({
      type: 'user',
      name: 'Carol',
      orgs: [],
      auth: { type: 'access_token', accessToken: { displayName: 'laptop', role: 'read' } },
    });
    expect((await post('/api/auth/tokens/create', { name: 'more' }, bearer)).status).toBe(403);
    const listed = await ask(hub.url, '/api/auth/tokens', { headers: cookie });
    expect(listed.body.toString()).not.toContain(token);
    const id =
      token_id ??
      (listed.json() as { tokens: { id: number; name: string }[] }).tokens.find(({ name }) => name === 'laptop')!.id;
    expect((await ask(hub.url, `/api/auth/tokens/${id}`, { method: 'DELETE', headers: cookie })).status).toBe(200);
    expect((await ask(hub.url, '/api/whoami-v2', { headers: bearer })).status).toBe(401);
  });

  it('changes its password, which ends its other sessions', async () => {
    const [mine, other] = [await signIn('carol'), await signIn('carol')];
    const wish = { old_password: PASSWORD, new_password: 'another long password' };
    expect((await post('/api/auth/password', { ...wish, old_password: 'wrong one' }, mine)).status).toBe(403);
    expect((await post('/api/auth/password', wish, mine)).status).toBe(200);
    expect([(await me(mine)).status, (await me(other)).status]).toEqual([200, 401]);
    const back = { old_password: wish.new_password, new_password: PASSWORD };
    expect((await post('/api/auth/password', back, mine)).status).toBe(200);
  });

  it('is not lost by a cookie that is worth nothing, nor by one beside a token', async () => {
    const { headers } = await person(hub, 'dan');
    for (const cookie of ['hubfall_session=', `hubfall_session=${'x'.repeat(43)}`, 'hubfall_session', 'theme=dark'])
      expect((await ask(hub.url, '/api/version', { headers: { cookie } })).status).toBe(200);
    const both = { ...headers, ...(await signIn('carol')) };
    expect((await ask(hub.url, '/api/whoami-v2', { headers: both })).json()).toMatchObject({ name: 'dan' });
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
    ['/api/organizations/create', { name: 'Nil', description: null }, 201],
  ])('%s of %j is answered with %s', async (path, body, status) => {
    expect((await post(path, body, await signIn('carol'))).status).toBe(status);
  });

  it.each(['0', '999999999', '99999999999999999999', '1e1', '%00', 'x'])('has no token %s to withdraw', async (id) => {
    const headers = await signIn('carol');
    expect((await ask(hub.url, `/api/auth/tokens/${id}`, { method: 'DELETE', headers })).status).toBe(404);
  });

  it('withdraws the token in use, and no other one by it', async () => {
    const cookie = await signIn('carol');
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const made = (await post('/api/auth/tokens/create', { name }, cookie)).json() as { token: string; id: number };
        return { ...made, headers: { authorization: `Bearer ${made.token}` } };
      }),
    );
    const withdraw = async (id: number): Promise<number> =>
      (await ask(hub.url, `/api/auth/tokens/${id}`, { method: 'DELETE', headers: one!.headers })).status;
    expect([await withdraw(two!.id), await withdraw(one!.id), await withdraw(one!.id)]).toEqual([403, 200, 401]);
  });

  it('is nobody without credentials', async () => {
    const who = await ask(hub.url, '/api/whoami-v2');
    expect([who.status, who.json()]).toEqual([401, { error: 'Invalid username or password.' }]);
  });
});

it('slows down who guesses passwords', async () => {
  await post('/api/auth/register', { username: 'guessed', password: PASSWORD });
  const statuses: number[] = [];
  for (let n = 0; n < 40 && statuses.at(-1) !== 429; n += 1)
    statuses.push((await post('/api/auth/login', { username: 'guessed', password: `wrong ${n}` })).status);
  expect(statuses.at(-1)).toBe(429);
});

describe('an organization', () => {
  it('has its maker for its admin, takes members in, and keeps a last admin', async () => {
    const [ann, ben] = [await person(hub, 'ann'), await person(hub, 'ben')];
    const made = await post('/api/organizations/create', { name: 'Acme' }, ann.headers);
    expect([made.status, made.json()]).toEqual([201, { success: true, name: 'Acme' }]);
    expect((await post('/org/create', { name: 'acme' }, ben.headers)).status).toBe(409);
    const member = '/api/organizations/acme/members/ben';
    const put = (headers: Record<string, string>, role: string) =>
      ask(hub.url, member, { method: 'PUT', json: { role }, headers });
    expect((await put(ben.headers, 'admin')).status).toBe(403);
    expect((await put(ann.headers, 'write')).status).toBe(200);
    expect((await put(ann.headers, 'owner')).status).toBe(400);
    const members = await ask(hub.url, '/api/organizations/acme/members');
    expect(members.json()).toMatchObject([
      { user: 'ann', role: 'admin' },
      { user: 'ben', role: 'write' },
    ]);
    const who = await ask(hub.url, '/api/whoami-v2', { headers: ben.headers });
    expect(who.json()).toMatchObject({ orgs: [{ name: 'Acme', roleInOrg: 'write' }] });
    const ownPlace = '/api/organizations/acme/members/ann';
    expect((await ask(hub.url, ownPlace, { method: 'DELETE', headers: ann.headers })).status).toBe(409);
    expect((await ask(hub.url, member, { method: 'DELETE', headers: ann.headers })).status).toBe(200);
  });

  it('may be left by whoever is in it', async () => {
    const [cleo, dan, eve] = [await person(hub, 'cleo'), await person(hub, 'dan'), await person(hub, 'eve')];
    await post('/api/organizations/create', { name: 'club' }, cleo.headers);
    for (const user of ['dan', 'eve'])
      await ask(hub.url, `/api/organizations/club/members/${user}`, {
        ...{ method: 'PUT', json: { role: 'read' }, headers: cleo.headers },
      });
    const leave = (user: string, headers: Record<string, string>) =>
      ask(hub.url, `/api/organizations/club/members/${user}`, { method: 'DELETE', headers });
    expect((await leave('eve', dan.headers)).status).toBe(403);
    expect((await leave('DAN', dan.headers)).status).toBe(200);
    expect((await leave('nobody', eve.headers)).status).toBe(403);
    const members = await ask(hub.url, '/api/organizations/club/members');
    expect((members.json() as { user: string }[]).map(({ user }) => user)).toEqual(['cleo', 'eve']);
  });
});
