import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { BrowserClient } from '../support/browser-client.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { PASSWORD, registerUser } from '../support/register-user.js';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  ScriptedProvider,
  type Misbehaviour,
  type ProviderUser,
} from '../support/scripted-provider.js';
import { sendRequest } from '../support/send-request.js';

const START = '/api/auth/oidc/oidc/start';
const LOGOUT = '/api/auth/oidc/oidc/backchannel-logout';
const VERIFIED = { email_verified: true } as const;

describe('sign-in with an OIDC provider', () => {
  let provider: ScriptedProvider;
  let hub: RunningHub;

  beforeAll(async () => {
    provider = await ScriptedProvider.start();
    hub = await startHub({
      env: {
        ...provider.settings,
        KOHAKU_HUB_OIDC_GROUPS: 'ml=acme:write, leads=acme:admin, ml=other:read, ml=missing:read',
        KOHAKU_HUB_OIDC_ADMIN_GROUP: 'hub-admins',
      },
    });
    const organization = (name: string) =>
      sendRequest(hub.url, '/admin/api/accounts', {
        method: 'POST',
        headers: { 'x-admin-token': hub.adminToken },
        json: { name, kind: 'organization' },
      });
    await organization('acme');
    await organization('other');
  });
  afterEach(() => void (provider.misbehaviour = {}));
  afterAll(async () => {
    await hub?.close();
    await provider?.close();
  });

  const browser = (): BrowserClient => new BrowserClient(hub.url);
  const nameIn = async (client: BrowserClient): Promise<string | undefined> =>
    ((await client.request('/api/auth/me')).json() as { username?: string }).username;
  const signIn = async (user: ProviderUser, client = browser()): Promise<BrowserClient> => {
    provider.user = user;
    await client.open(START);
    return client;
  };
  const organizationsOf = async (client: BrowserClient): Promise<Record<string, string>> => {
    const { orgs } = (await client.request('/api/whoami-v2')).json() as { orgs: { name: string; roleInOrg: string }[] };
    return Object.fromEntries(orgs.map(({ name, roleInOrg }) => [name, roleInOrg]));
  };

  it('creates an account at the first sign-in and finds it again by subject', async () => {
    const first = await signIn({
      sub: 's-1',
      preferred_username: 'Jörg Müller',
      email: 'jm@example.com',
      name: 'Jörg',
    });
    expect((await first.request('/api/auth/me')).json()).toMatchObject({
      username: 'Jorg-Muller',
      full_name: 'Jörg',
      email: 'jm@example.com',
    });
    const renamed = await signIn({ sub: 's-1', preferred_username: 'somebody-else', email: 'new@example.com' });
    expect(await nameIn(renamed)).toBe('Jorg-Muller');
  });

  it('never finds an account by name or e-mail address', async () => {
    await registerUser(hub.url, 'victor');
    const otherUser = await signIn({
      sub: 's-2',
      preferred_username: 'victor',
      email: 'victor@example.com',
      ...VERIFIED,
    });
    expect(await nameIn(otherUser)).toBe('victor-2');
    const other = await signIn({ sub: 's-3', preferred_username: 'wanda', email: 'victor@example.com', ...VERIFIED });
    expect(await nameIn(other)).toBe('wanda');
  });

  it.each([
    ['/datasets?search=x#top', '/datasets?search=x#top'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['/%09/evil.example', '/%09/evil.example'],
    ['\t//evil.example', '/'],
    ['/api/auth/oidc/oidc/start', '/'],
    ['/login', '/'],
  ])('opens the page %j afterwards: %s', async (next, expected) => {
    const client = browser();
    const started = await client.request(`${START}?next=${encodeURIComponent(next)}`);
    const back = await client.request(started.headers.location!);
    const finished = await client.request(back.headers.location!);
    expect([finished.status, finished.headers.location]).toEqual([303, expected]);
  });

  const now = (): number => Math.floor(Date.now() / 1000);
  const withClaims = (changes: JWTPayload): Misbehaviour => ({ claims: (claims) => ({ ...claims, ...changes }) });
  it.each<[string, string, () => Misbehaviour]>([
    ['a token of another issuer', 'rejected', () => withClaims({ iss: 'https://evil.example' })],
    ['a token for another audience', 'rejected', () => withClaims({ aud: 'other-client' })],
    ['a token for several audiences, of another party', 'rejected', () => withClaims({ aud: ['hub', 'x'], azp: 'x' })],
    ['another nonce', 'rejected', () => withClaims({ nonce: 'other' })],
    ['no nonce', 'rejected', () => withClaims({ nonce: undefined })],
    ['an expired token', 'rejected', () => withClaims({ exp: now() - 120, iat: now() - 400 })],
    ['a token from the future', 'rejected', () => withClaims({ nbf: now() + 300 })],
    ['a token without a subject', 'rejected', () => withClaims({ sub: undefined })],
    ['a subject with a NUL', 'rejected', () => withClaims({ sub: 'a\u0000b' })],
    ['userinfo of another user', 'rejected', () => withClaims({ sub: 'u-other' })],
    ['the algorithm none', 'rejected', () => ({ signature: 'none' })],
    ['a signature with another key', 'rejected', () => ({ signature: 'other-key' })],
    ['the error access_denied', 'denied', () => ({ error: 'access_denied' })],
  ])('refuses %s', async (_, problem, misbehaviour) => {
    provider.misbehaviour = misbehaviour();
    provider.user = { sub: 's-4', preferred_username: 'mallory' };
    const client = browser();
    expect((await client.open(START)).path).toBe(`/login?problem=${problem}&provider=oidc`);
    expect((await client.request('/api/auth/me')).status).toBe(401);
  });

  it('records failed sign-ins with the provider and the reason', async () => {
    provider.misbehaviour = { error: 'access_denied' };
    await browser().open(START);
    const headers = { 'x-admin-token': hub.adminToken };
    const log = await sendRequest(hub.url, '/admin/api/audit-log?action=user.sign_in_failed', { headers });
    const { events } = log.json() as { events: unknown[] };
    expect(events).toContainEqual(
      expect.objectContaining({
        actor_kind: 'anonymous',
        address: '127.0.0.1',
        data: { reason: 'denied', method: 'oidc' },
      }),
    );
  });

  it('accepts a clock that differs by less than a minute', async () => {
    provider.misbehaviour = withClaims({ iat: now() + 40, nbf: now() + 40, exp: now() - 20 });
    expect(await nameIn(await signIn({ sub: 's-5', preferred_username: 'skewed' }))).toBe('skewed');
  });

  it.each(['closed', 'failed'] as const)(
    'reports that the provider is down, if its token endpoint is not available: %s',
    async (tokens) => {
      provider.misbehaviour = { tokens };
      expect((await browser().open(START)).path).toBe('/login?problem=unavailable&provider=oidc');
    },
  );

  it('finishes the sign-ins of up to four tabs, in any order', async () => {
    const client = browser();
    const tabs: string[] = [];
    for (let n = 0; n < 5; n++) {
      const page = (await client.request(`${START}?next=/${n}`)).headers.location!;
      tabs.push((await client.request(page)).headers.location!);
    }
    const ends: (string | undefined)[] = [];
    for (const n of [3, 0, 4, 1, 2]) ends.push((await client.request(tabs[n]!)).headers.location);
    expect(ends).toEqual(['/3', '/login?problem=expired&provider=oidc', '/4', '/1', '/2']);
  });

  it('a browser has a few cookies of sign-ins in progress at most', async () => {
    const client = browser();
    for (let n = 0; n < 30; n++) await client.request(`${START}?next=/${'x'.repeat(600)}`);
    const cookies = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    expect(cookies.length).toBeLessThan(6000);
  });

  it('a callback works once, and only in the browser that started', async () => {
    provider.misbehaviour = { reusesCodes: true };
    provider.user = { sub: 's-6', preferred_username: 'once' };
    const client = browser();
    const started = await client.request(START);
    const { location: callback } = (await client.request(started.headers.location!)).headers;
    const attacked = browser();
    await attacked.request(START); // has another flow
    for (const [who, expected] of [
      [attacked, 'problem=expired'],
      [client, '/'],
      [client, 'problem=expired'],
    ] as const)
      expect((await who.request(callback!)).headers.location).toContain(expected);
    expect([await nameIn(attacked), await nameIn(client)]).toEqual([undefined, 'once']);
  });

  it('starts a new session and ends the one before', async () => {
    const client = browser();
    await registerUser(hub.url, 'before');
    await client.request('/api/auth/login', { method: 'POST', json: { username: 'before', password: PASSWORD } });
    const planted = client.cookies.get('hubfall_session')!;
    await signIn({ sub: 's-7', preferred_username: 'fixation' }, client);
    expect(client.cookies.get('hubfall_session')).not.toBe(planted);
    expect(await nameIn(client)).toBe('fixation');
    const old = await sendRequest(hub.url, '/api/auth/me', { headers: { cookie: `hubfall_session=${planted}` } });
    expect(old.status).toBe(401);
  });

  it('groups give roles, and take back only what they gave', async () => {
    const user = { sub: 's-8', preferred_username: 'grace' };
    const groups = (...list: string[]): Promise<BrowserClient> => signIn({ ...user, groups: list });
    expect(await organizationsOf(await groups())).toEqual({});
    expect(await organizationsOf(await groups('ml', 'unrelated'))).toEqual({ acme: 'write', other: 'read' });
    const lead = await groups('ml', 'leads');
    expect(await organizationsOf(lead)).toEqual({ acme: 'admin', other: 'read' });
    await signIn({ sub: 's-9', preferred_username: 'henry', groups: [] });
    const put = (name: string, role: string) =>
      lead.request(`/api/organizations/acme/members/${name}`, { method: 'PUT', json: { role } });
    expect((await put('henry', 'read')).status).toBe(200);
    const henry = (list: string[]) => signIn({ sub: 's-9', preferred_username: 'henry', groups: list });
    expect(await organizationsOf(await henry(['ml']))).toEqual({ acme: 'write', other: 'read' });
    expect(await organizationsOf(await henry([]))).toEqual({ acme: 'read' });
    expect(await organizationsOf(await groups())).toEqual({});
  });

  it('the admin group gives and removes the role of an administrator', async () => {
    const user = { sub: 's-20', preferred_username: 'ada' };
    const portal = async (groups: string[]): Promise<number> =>
      (await (await signIn({ ...user, groups })).request('/admin/api/accounts')).status;
    expect([await portal([]), await portal(['hub-admins']), await portal(['ml'])]).toEqual([403, 200, 403]);
  });

  it('finds a group after thousands of others, and a user with a long subject again', async () => {
    const user = { sub: 's-21'.padEnd(400, 'x'), preferred_username: 'lena' };
    const groups = [...Array.from({ length: 3000 }, (_, n) => `group-${n}`), 'ml'];
    expect(await organizationsOf(await signIn({ ...user, groups }))).toEqual({ acme: 'write', other: 'read' });
    expect(await nameIn(await signIn(user))).toBe('lena');
  });

  it('a group that the provider has left out changes nothing', async () => {
    const user = { sub: 's-10', preferred_username: 'ivan' };
    await signIn({ ...user, groups: ['ml'] });
    const again = await signIn({ ...user, _claim_names: { groups: 'src1' } });
    expect(await organizationsOf(again)).toEqual({ acme: 'write', other: 'read' });
  });

  it('a user links an account of the provider, which no other account can have', async () => {
    const client = browser();
    await registerUser(hub.url, 'linda');
    await client.request('/api/auth/login', { method: 'POST', json: { username: 'linda', password: PASSWORD } });
    provider.user = { sub: 's-11', preferred_username: 'whatever', email: 'linda@example.com' };
    const link = async (who: BrowserClient): Promise<string> => {
      const { url } = (await who.request('/api/auth/identities/oidc', { method: 'POST' })).json() as { url: string };
      return (await who.open(url)).path;
    };
    expect(await link(client)).toBe('/settings/sign-in');
    expect(await nameIn(await signIn(provider.user))).toBe('linda');
    expect((await client.request('/api/auth/identities')).json()).toMatchObject({
      identities: [{ provider: 'oidc', label: 'linda@example.com' }],
      has_password: true,
    });
    const other = await signIn({ sub: 's-12', preferred_username: 'other-user' });
    provider.user = { sub: 's-11' };
    expect(await link(other)).toBe('/login?problem=linked-already&provider=oidc');
    const third = browser();
    await registerUser(hub.url, 'third');
    await third.request('/api/auth/login', { method: 'POST', json: { username: 'third', password: PASSWORD } });
    expect(await link(third)).toBe('/login?problem=linked-elsewhere&provider=oidc');
    const [own] = ((await other.request('/api/auth/identities')).json() as { identities: { id: number }[] }).identities;
    const refused = await other.request(`/api/auth/identities/${own!.id}`, { method: 'DELETE' });
    expect([refused.status, refused.json()]).toEqual([409, expect.objectContaining({ error: expect.any(String) })]);
  });

  it('takes back the roles of an account that is unlinked, and no others', async () => {
    const client = browser();
    await registerUser(hub.url, 'paula');
    await client.request('/api/auth/login', { method: 'POST', json: { username: 'paula', password: PASSWORD } });
    provider.user = { sub: 's-30', groups: ['hub-admins', 'leads'] };
    await client.open(
      ((await client.request('/api/auth/identities/oidc', { method: 'POST' })).json() as { url: string }).url,
    );
    const rights = async () => [await organizationsOf(client), (await client.request('/admin/api/accounts')).status];
    expect(await rights()).toEqual([{ acme: 'admin' }, 200]);
    const { identities } = (await client.request('/api/auth/identities')).json() as { identities: { id: number }[] };
    const unlinked = await client.request(`/api/auth/identities/${identities[0]!.id}`, { method: 'DELETE' });
    expect([unlinked.status, ...(await rights())]).toEqual([200, {}, 403]);
  });

  it('other sites cannot start to link an account', async () => {
    const client = await signIn({ sub: 's-13', preferred_username: 'target' });
    const forged = await client.request('/api/auth/identities/oidc', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(forged.status).toBe(403);
  });

  describe('signing out', () => {
    it('leads to the page of the provider', async () => {
      const client = await signIn({ sub: 's-14', preferred_username: 'olga' });
      const { provider_url } = (await client.request('/api/auth/logout', { method: 'POST' })).json() as {
        provider_url: string;
      };
      const { origin, pathname, searchParams } = new URL(provider_url);
      expect([origin, pathname]).toEqual([provider.issuer, '/logout']);
      expect(searchParams.get('post_logout_redirect_uri')).toBe(`${hub.url}/`);
      expect(searchParams.get('id_token_hint')).toMatch(/^ey/);
    });

    it.each<[string, JWTPayload, number, boolean]>([
      ['names the user', { sub: 's-15' }, 200, true],
      ['names the session', { sid: 'sid-s-15' }, 200, true],
      ['names another user', { sub: 's-16' }, 200, false],
      ['is for another audience', { sub: 's-15', aud: 'other' }, 400, false],
      ['is of another issuer', { sub: 's-15', iss: 'https://evil.example' }, 400, false],
      ['has a nonce, as ID tokens have', { sub: 's-15', nonce: 'n' }, 400, false],
      ['has no event', { sub: 's-15', events: {} }, 400, false],
      ['is old', { sub: 's-15', iat: 1_700_000_000, exp: 1_700_000_100 }, 400, false],
      ['names nothing', {}, 400, false],
    ])('a logout token that %s', async (_, claims, status, ends) => {
      const client = await signIn({ sub: 's-15', preferred_username: 'peter' });
      const body = new URLSearchParams({ logout_token: await provider.logoutToken(claims) }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const reply = await sendRequest(hub.url, LOGOUT, { method: 'POST', headers, body });
      expect([reply.status, await nameIn(client)]).toEqual([status, ends ? undefined : 'peter']);
      const events = await sendRequest(hub.url, '/admin/api/audit-log?limit=1', {
        headers: { 'x-admin-token': hub.adminToken },
      });
      const [last] = (events.json() as { events: { action: string; owner: string }[] }).events;
      expect(last!.action).toBe(ends ? 'user.end_sessions' : 'user.sign_in');
    });
  });

  it('users see their sessions and end them', async () => {
    const laptop = await signIn({ sub: 's-17', preferred_username: 'rita' });
    const phone = await signIn({ sub: 's-17', preferred_username: 'rita' });
    const list = async (client: BrowserClient) =>
      ((await client.request('/api/auth/sessions')).json() as { sessions: { id: number; current: boolean }[] })
        .sessions;
    const sessions = await list(laptop);
    expect(sessions).toHaveLength(2);
    expect(sessions.find(({ current }) => current)).toMatchObject({
      address: '127.0.0.1',
      user_agent: 'undici',
      issuer: provider.issuer,
    });
    const other = sessions.find(({ current }) => !current)!;
    const otherUser = await signIn({ sub: 's-18', preferred_username: 'sam' });
    expect((await otherUser.request(`/api/auth/sessions/${other.id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await laptop.request(`/api/auth/sessions/${other.id}`, { method: 'DELETE' })).status).toBe(200);
    expect([await nameIn(phone), await nameIn(laptop)]).toEqual([undefined, 'rita']);
    await signIn({ sub: 's-17' }, phone);
    expect((await laptop.request('/api/auth/sessions', { method: 'DELETE' })).json()).toMatchObject({
      message: '1 other session ended',
    });
    expect([await nameIn(phone), await nameIn(laptop)]).toEqual([undefined, 'rita']);
  });

  it('a disabled account cannot sign in', async () => {
    const client = await signIn({ sub: 's-19', preferred_username: 'tom' });
    await sendRequest(hub.url, '/admin/api/accounts/tom', {
      method: 'PUT',
      headers: { 'x-admin-token': hub.adminToken },
      json: { disabled: true },
    });
    expect(await nameIn(client)).toBeUndefined();
    expect((await client.open(START)).path).toBe('/login?problem=disabled&provider=oidc');
  });
});

describe('several providers, without passwords', () => {
  let first: ScriptedProvider;
  let second: ScriptedProvider;
  let hub: RunningHub;

  beforeAll(async () => {
    [first, second] = await Promise.all([ScriptedProvider.start(), ScriptedProvider.start()]);
    first.misbehaviour = { isDown: true };
    second.authentication = 'client_secret_basic';
    const partner = { id: 'partner', name: 'Partner ID', issuer: second.issuer, client_id: CLIENT_ID };
    hub = await startHub({
      env: {
        ...first.settings,
        KOHAKU_HUB_OIDC_PROVIDERS: JSON.stringify([
          { ...partner, client_secret: CLIENT_SECRET, allowed_domains: 'example.com' },
        ]),
        KOHAKU_HUB_PASSWORD_SIGN_IN: 'false',
        KOHAKU_HUB_BASE_URL: 'https://hub.example.com/hub,http://other.example.com',
      },
    });
  });
  afterAll(async () => {
    await hub?.close();
    await Promise.all([first?.close(), second?.close()]);
  });

  const at = (path: string, host: string, headers: Record<string, string> = {}) =>
    sendRequest(hub.url, path, { headers: { host, ...headers } });

  it('starts while a provider is down, which the page shows', async () => {
    expect((await sendRequest(hub.url, '/api/site-config')).json()).toMatchObject({
      password_sign_in: false,
      sign_in_providers: [
        { id: 'oidc', name: 'Acme ID' },
        { id: 'partner', name: 'Partner ID' },
      ],
    });
    const { status, headers } = await at('/api/auth/oidc/oidc/start', 'other.example.com');
    expect([status, headers.location]).toEqual([303, '/login?problem=unavailable&provider=oidc']);
  });

  it.each([
    ['hub.example.com', 'https://hub.example.com/hub/api/auth/oidc/partner/callback'],
    ['other.example.com', 'http://other.example.com/api/auth/oidc/partner/callback'],
  ])('leads back to the address that the user uses: %s', async (host, expected) => {
    const { headers } = await at('/api/auth/oidc/partner/start', host);
    expect(new URL(headers.location!).searchParams.get('redirect_uri')).toBe(expected);
    expect(headers['set-cookie']).toContain(host === 'hub.example.com' ? 'Path=/hub/api/auth/oidc;' : 'Path=/api/auth');
  });

  it('leads to a configured address first, if the user uses another one', async () => {
    const { headers } = await at('/api/auth/oidc/partner/start?next=/x', 'alias.example.net');
    const expected = '/api/auth/oidc/partner/start?next=/x&redirected=1';
    expect([headers.location, headers['set-cookie']]).toEqual([`https://hub.example.com/hub${expected}`, undefined]);
    // a reverse proxy that does not forward the host
    const again = await at(expected, 'alias.example.net');
    expect(again.headers.location).toContain(second.issuer);
  });

  it.each([
    ['ann@example.com', true, '/'],
    ['ann@EXAMPLE.com', true, '/'],
    ['ann@example.com', false, '/login?problem=email-not-verified&provider=partner'],
    ['ann@example.com', undefined, '/login?problem=email-not-verified&provider=partner'],
    ['ann@example.com.evil.example', true, '/login?problem=domain&provider=partner'],
    [undefined, true, '/login?problem=domain&provider=partner'],
  ])('the address %s with email_verified %s leads to %s', async (email, email_verified, expected) => {
    second.user = { sub: 'p-1', preferred_username: 'ann', email, email_verified };
    const host = 'other.example.com';
    const started = await at('/api/auth/oidc/partner/start', host);
    const { location: back } = (await sendRequest(second.issuer, started.headers.location!.slice(second.issuer.length)))
      .headers;
    const cookie = started.headers['set-cookie']!.split(';')[0]!;
    const finished = await at(new URL(back!).pathname + new URL(back!).search, host, { cookie });
    expect(finished.headers.location).toBe(expected);
  });

  it('refuses passwords with a sentence', async () => {
    const account = { username: 'bob', password: PASSWORD };
    for (const path of ['/api/auth/login', '/api/auth/register']) {
      const reply = await sendRequest(hub.url, path, { method: 'POST', json: account });
      expect([reply.status, reply.json()]).toEqual([
        403,
        { error: 'This hub does not use passwords. Sign in with Acme ID or Partner ID at /login.' },
      ]);
    }
  });
});
