import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { RunningHub } from '../support/hub-app.js';
import { PASSWORD } from '../support/register-user.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';

const CLIENT = '26be6b09-91c5-47da-9861-d2d2bb7a7e36';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Codes {
  readonly device_code: string;
  readonly user_code: string;
}
interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** The device flow of `hf auth login`: RFC 8628. */
export const describeDeviceLogin = (shared: () => RunningHub): void => {
  let hub: RunningHub;
  let cookie: string;
  const post = (path: string, json: unknown, headers: Record<string, string> = {}): Promise<HttpResponse> =>
    sendRequest(hub.url, path, { method: 'POST', json, headers });
  const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    sendRequest(hub.url, path, {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { ...FORM, ...headers },
    });
  const sql = (query: string, parameters: unknown[]): Promise<unknown> =>
    hub.app.get(DataSource, { strict: false }).query(query, parameters);
  const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

  const signIn = async (username: string): Promise<string> => {
    await post('/api/auth/register', { username, password: PASSWORD });
    const { headers } = await post('/api/auth/login', { username, password: PASSWORD });
    return headers['set-cookie']!.split(';')[0]!;
  };
  const start = async (fields: Record<string, string> = {}): Promise<Codes> => {
    const headers = { 'user-agent': 'unknown/None; hf_hub/2.0.0; python/3.11' };
    const { status, json } = await send('/oauth/device', { client_id: CLIENT, ...fields }, headers);
    expect(status).toBe(200);
    return json() as Codes;
  };
  const poll = ({ device_code }: Codes, client_id = CLIENT): Promise<HttpResponse> =>
    send('/oauth/token', { grant_type: DEVICE_GRANT, device_code, client_id });
  const refresh = (refresh_token: string, client_id = CLIENT): Promise<HttpResponse> =>
    send('/oauth/token', { grant_type: 'refresh_token', refresh_token, client_id });
  const codePath = ({ user_code }: Codes): string => `/api/auth/device/${user_code}`;
  const decide = (codes: Codes, approve: boolean, headers: Record<string, string> = { cookie }) =>
    post(codePath(codes), { approve }, headers);
  const errorOf = ({ status, json }: HttpResponse): unknown[] => [status, (json() as { error: string }).error];
  const whoami = (token: string): Promise<HttpResponse> =>
    sendRequest(hub.url, '/api/whoami-v2', { headers: { authorization: `Bearer ${token}` } });
  const signedIn = async (fields?: Record<string, string>): Promise<Tokens> => {
    const codes = await start(fields);
    expect((await decide(codes, true)).status).toBe(200);
    return (await poll(codes)).json() as Tokens;
  };

  beforeAll(async () => {
    hub = shared();
    cookie = await signIn('devi');
  });

  describe('a program that signs in with a device code', () => {
    it('gets a token when the user confirms the code in a browser', async () => {
      const codes = await start();
      expect(codes).toEqual({
        device_code: expect.stringMatching(/^[\w-]{43}$/),
        user_code: expect.stringMatching(/^[BCDFGHJ-NP-TV-XZ]{4}-[BCDFGHJ-NP-TV-XZ]{4}$/),
        verification_uri: `${hub.url}/device`,
        verification_uri_complete: `${hub.url}/device?code=${codes.user_code}`,
        expires_in: 900,
        interval: 2,
      });
      expect(errorOf(await poll(codes))).toEqual([400, 'authorization_pending']);
      const found = await sendRequest(hub.url, codePath(codes), { headers: { cookie } });
      expect(found.json()).toMatchObject({
        code: codes.user_code,
        client: 'Hugging Face CLI',
        role: 'write',
        address: '127.0.0.1',
        user_agent: 'unknown/None; hf_hub/2.0.0; python/3.11',
      });
      expect((await decide(codes, true)).status).toBe(200);
      const { headers, json } = await poll(codes);
      expect(headers['cache-control']).toBe('no-store');
      expect(json()).toMatchObject({ token_type: 'bearer', expires_in: 30 * 86_400, scope: 'read write' });
      const { access_token } = json() as Tokens;
      const host = new URL(hub.url).host;
      expect((await whoami(access_token)).json()).toMatchObject({
        name: 'devi',
        auth: {
          type: 'access_token',
          accessToken: { displayName: `oauth-devi@${host}`, role: 'write' },
          expiresAt: expect.stringMatching(/Z$/),
        },
      });
      expect(errorOf(await poll(codes))).toEqual([400, 'invalid_grant']);
    });

    it('is listed with the access tokens, and loses access when it is revoked', async () => {
      const { access_token, refresh_token } = await signedIn({ scope: 'openid profile read-repos' });
      const listed = await sendRequest(hub.url, '/api/auth/tokens', { headers: { cookie } });
      const [{ id, ...token }] = (listed.json() as { tokens: [{ id: number }] }).tokens;
      expect(token).toMatchObject({ role: 'read', client: 'Hugging Face CLI', expires_at: expect.any(String) });
      expect(listed.body.toString()).not.toContain(access_token);
      await sendRequest(hub.url, `/api/auth/tokens/${id}`, { method: 'DELETE', headers: { cookie } });
      expect((await whoami(access_token)).status).toBe(401);
      expect(errorOf(await refresh(refresh_token))).toEqual([400, 'invalid_grant']);
    });

    it.each([
      ['the user denies it', (codes: Codes) => decide(codes, false), 'access_denied'],
      ['the code expires', (codes: Codes) => expire(codes), 'expired_token'],
    ])('gets an error if %s', async (_, act, error) => {
      const codes = await start();
      await act(codes);
      expect(errorOf(await poll(codes))).toEqual([400, error]);
      expect(errorOf(await poll(codes))).toEqual([400, error]);
      expect((await decide(codes, true)).status).toBe(404);
    });
    const expire = ({ device_code }: Codes) =>
      sql(`UPDATE device_logins SET expires_at = now() - interval '1 second' WHERE device_hash = $1`, [
        hashOf(device_code),
      ]);

    it('has to slow down if it sends too many requests, and gets its token nevertheless', async () => {
      const codes = await start();
      await poll(codes);
      expect(errorOf(await poll(codes))).toEqual([400, 'slow_down']);
      const slower = await sql('SELECT poll_seconds FROM device_logins WHERE device_hash = $1', [
        hashOf(codes.device_code),
      ]);
      expect(slower).toEqual([{ poll_seconds: 7 }]);
      await decide(codes, true);
      expect((await poll(codes)).status).toBe(200);
    });

    it('gets one token for several requests at once', async () => {
      const codes = await start();
      await decide(codes, true);
      const replies = await Promise.all([1, 2, 3, 4].map(() => poll(codes)));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
    });

    it('has only hashes of its secrets in the database', async () => {
      const codes = await start();
      const { access_token, refresh_token } = await signedIn();
      const rows = JSON.stringify([
        await sql('SELECT * FROM device_logins', []),
        await sql('SELECT * FROM access_tokens', []),
      ]);
      expect(rows).toContain(hashOf(codes.device_code));
      for (const secret of [codes.device_code, access_token, refresh_token]) expect(rows).not.toContain(secret);
    });

    it.each([
      ['/oauth/device', {}, 'invalid_request'],
      ['/oauth/device', { client_id: 'a\0' }, 'invalid_request'],
      ['/oauth/token', { client_id: CLIENT, grant_type: 'password' }, 'unsupported_grant_type'],
      ['/oauth/token', { grant_type: 'password', username: 'ann', password: 'x' }, 'unsupported_grant_type'],
      ['/oauth/token', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
      ['/oauth/token', { client_id: CLIENT }, 'invalid_request'],
      ['/oauth/token', { client_id: CLIENT, grant_type: DEVICE_GRANT }, 'invalid_request'],
      ['/oauth/token', { client_id: CLIENT, grant_type: DEVICE_GRANT, device_code: 'unknown' }, 'invalid_grant'],
      ['/oauth/token', { client_id: CLIENT, grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
    ])('gets errors of OAuth for POST %s with %j', async (path, fields, error) => {
      const reply = await send(path, fields as Record<string, string>);
      expect(errorOf(reply)).toEqual([400, error]);
      expect((reply.json() as { error_description: string }).error_description).toMatch(/^[A-Z].*\.$/);
    });

    it('gets the list of grants for one that is not supported', async () => {
      const { error_description } = (await send('/oauth/token', { grant_type: 'password' })).json() as Record<
        string,
        string
      >;
      expect(error_description).toBe(
        `This hub supports the grant types ${DEVICE_GRANT}, refresh_token and urn:ietf:params:oauth:grant-type:token-exchange.`,
      );
    });

    it('cannot use the codes and tokens of another program', async () => {
      const codes = await start();
      await decide(codes, true);
      expect(errorOf(await poll(codes, 'another'))).toEqual([400, 'invalid_grant']);
      const { refresh_token } = (await poll(codes)).json() as Tokens;
      expect(errorOf(await refresh(refresh_token, 'another'))).toEqual([400, 'invalid_grant']);
      expect((await refresh(refresh_token)).status).toBe(200);
    });
  });

  describe('a program that refreshes its token', () => {
    const ageRefresh = (token: string) =>
      sql(`UPDATE access_tokens SET refresh_expires_at = refresh_expires_at - interval '1 hour' WHERE hash = $1`, [
        hashOf(token),
      ]);

    it('gets new tokens, while requests with the old one still succeed', async () => {
      const first = await signedIn();
      const second = (await refresh(first.refresh_token)).json() as Tokens;
      expect(second.access_token).not.toBe(first.access_token);
      expect([(await whoami(first.access_token)).status, (await whoami(second.access_token)).status]).toEqual([
        200, 200,
      ]);
      expect(errorOf(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
      expect((await refresh(second.refresh_token)).status).toBe(200);
    });

    it('is signed out if a refresh token is used again later, which is a sign of theft', async () => {
      const first = await signedIn();
      const second = (await refresh(first.refresh_token)).json() as Tokens;
      await ageRefresh(second.access_token);
      expect(errorOf(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
      const statuses = [await whoami(first.access_token), await whoami(second.access_token)].map(
        ({ status }) => status,
      );
      expect([...statuses, (await refresh(second.refresh_token)).status]).toEqual([401, 401, 400]);
    });

    it('cannot use an access token that has expired', async () => {
      const { access_token, refresh_token } = await signedIn();
      await sql(`UPDATE access_tokens SET expires_at = now() - interval '1 second' WHERE hash = $1`, [
        hashOf(access_token),
      ]);
      expect((await whoami(access_token)).status).toBe(401);
      const { access_token: renewed } = (await refresh(refresh_token)).json() as Tokens;
      expect((await whoami(renewed)).status).toBe(200);
    });
  });

  describe('the code of a device', () => {
    it('is accepted in lower case and without its dash', async () => {
      const { user_code } = await start();
      const typed = encodeURIComponent(` ${user_code.toLowerCase().replace('-', '')} `);
      expect((await sendRequest(hub.url, `/api/auth/device/${typed}`, { headers: { cookie } })).status).toBe(200);
    });

    it('can only be confirmed in a browser session of this hub', async () => {
      const codes = await start();
      const { access_token } = await signedIn();
      const crossSite = { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
      const bearer = { authorization: `Bearer ${access_token}` };
      for (const [headers, status] of [
        [{}, 401],
        [bearer, 403],
        [crossSite, 403],
      ] as const)
        expect((await decide(codes, true, headers)).status).toBe(status);
      expect((await post(codePath(codes), {}, { cookie })).status).toBe(400);
      expect(errorOf(await poll(codes))).toEqual([400, 'authorization_pending']);
    });

    it('cannot be guessed: an account has ten wrong codes in 15 minutes', async () => {
      const codes = await start();
      const guesser = await signIn('guesser');
      const statuses: number[] = [];
      for (let n = 0; n < 11; n += 1)
        statuses.push(
          (await sendRequest(hub.url, '/api/auth/device/BCDF-GHJK', { headers: { cookie: guesser } })).status,
        );
      expect(statuses).toEqual([...Array<number>(10).fill(404), 429]);
      expect((await decide(codes, true, { cookie: guesser })).status).toBe(429);
      expect((await decide(codes, true)).status).toBe(200);
    });

    it('is refused to an address that requests too many, in the format of OAuth', async () => {
      let reply = await send('/oauth/device', { client_id: CLIENT });
      for (let n = 0; n < 100 && reply.status === 200; n += 1)
        reply = await send('/oauth/device', { client_id: CLIENT });
      expect(errorOf(reply)).toEqual([429, 'slow_down']);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    });
  });
};
