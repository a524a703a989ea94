import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';

const PASSWORD = 'correct horse battery';

describe.each([
  ['http://hub.example.com', 'hubfall_session', '/'],
  ['https://hub.example.com', '__Host-hubfall_session', '/'],
  ['https://hub.example.com/hub', '__Secure-hubfall_session', '/hub'],
])('with the base URL %s', (baseUrl, name, path) => {
  let hub: RunningHub;
  let own: string;
  let attackers: string;

  const post = (to: string, json: unknown, headers: Record<string, string> = {}): Promise<HttpResponse> =>
    sendRequest(hub.url, to, { method: 'POST', json, headers });
  const me = (cookie: string): Promise<HttpResponse> =>
    sendRequest(hub.url, '/api/auth/me', { headers: { cookie, host: 'hub.example.com' } });
  const accountOf = async (username: string): Promise<string> => {
    await post('/api/auth/register', { username, password: PASSWORD });
    const { headers } = await post('/api/auth/login', { username, password: PASSWORD });
    return headers['set-cookie']!;
  };

  beforeAll(async () => {
    hub = await startHub({ env: { KOHAKU_HUB_BASE_URL: baseUrl } });
    own = await accountOf('ann');
    attackers = (await accountOf('mallory')).split(';')[0]!;
  });
  afterAll(() => hub?.close());

  it(`the session cookie is ${name}`, async () => {
    expect(own.split('=')[0]).toBe(name);
    expect(own).toContain(`Path=${path};`);
    expect(own.includes('Secure')).toBe(baseUrl.startsWith('https:'));
    own = own.split(';')[0]!;
    expect((await me(own)).json()).toMatchObject({ username: 'ann' });
  });

  it('two session cookies are both deleted, and the request is anonymous', async () => {
    for (const cookie of [`${attackers}; ${own}`, `${own}; ${attackers}`, `${own}; ${own}`]) {
      const { status, headers } = await me(cookie);
      expect(status).toBe(401);
      expect(headers['set-cookie']).toContain(`${name}=; Path=${path};`);
      if (!name.startsWith('__Host-')) {
        expect(headers['set-cookie']).toMatch(/; Path=(\/hub)?\/api; Max-Age=0/);
        expect(headers['set-cookie']).toMatch(/; Path=(\/hub)?\/api; Domain=example.com; Max-Age=0/);
      }
    }
    const list = await sendRequest(hub.url, '/api/models', { headers: { cookie: `${own}; ${attackers}` } });
    expect([list.status, list.headers['set-cookie']]).toEqual([200, expect.stringContaining(`${name}=; Path=`)]);
    expect((await me(own)).json()).toMatchObject({ username: 'ann' });
  });

  it('cookies of other names are ignored', async () => {
    const names = ['hubfall_session', '__Host-hubfall_session', '__Secure-hubfall_session'];
    for (const other of names.filter((candidate) => candidate !== name)) {
      const planted = attackers.replace(name, other);
      expect((await me(planted)).status).toBe(401);
      expect((await me(`${planted}; ${own}`)).json()).toMatchObject({ username: 'ann' });
    }
  });

  describe('requests of other sites', () => {
    const login = { username: 'ann', password: PASSWORD };
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site', origin: 'https://other.example.com' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];

    it.each([
      ['register', { username: 'eve', password: PASSWORD }],
      ['login', login],
      ['logout', {}],
      ['password', { old_password: PASSWORD, new_password: 'x' }],
      ['tokens/create', { name: 'stolen' }],
    ])('cannot use /api/auth/%s, with a cookie or without', async (to, json) => {
      for (const headers of foreign) {
        for (const cookie of [undefined, own]) {
          const reply = await post(`/api/auth/${to}`, json, { ...headers, ...(cookie && { cookie }) });
          expect([reply.status, reply.headers['set-cookie']]).toEqual([403, undefined]);
        }
      }
      expect((await me(own)).status).toBe(200);
    });

    it('get no CORS headers from /api/auth', async () => {
      const replies = [
        await post('/api/auth/login', login, foreign[0]),
        await sendRequest(hub.url, '/api/auth/me'),
        await sendRequest(hub.url, '/api/auth/tokens?x'),
      ];
      const preflight = await fetch(`${hub.url}/api/auth/login`, { method: 'OPTIONS' });
      const headers = [...replies.map((reply) => Object.keys(reply.headers)), [...preflight.headers.keys()]];
      expect(headers.flat().filter((header) => header.startsWith('access-control-'))).toEqual([]);
      const elsewhere = await sendRequest(hub.url, '/api/models');
      expect(elsewhere.headers['access-control-allow-origin']).toBe('*');
    });

    it.each<Record<string, string>>([{}, { 'sec-fetch-site': 'same-origin' }, { origin: new URL(baseUrl).origin }])(
      "are rejected, unlike requests from the hub's pages and from programs: %j",
      async (headers) => {
        expect((await post('/api/auth/login', login, headers)).status).toBe(200);
        expect((await post('/api/auth/logout', {}, headers)).status).toBe(200);
      },
    );
  });
});
