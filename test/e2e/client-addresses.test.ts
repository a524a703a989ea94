import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';

const PASSWORD = 'correct horse battery';

describe('behind a trusted proxy', () => {
  let hub: RunningHub;
  beforeAll(async () => {
    hub = await startHub({ env: { KOHAKU_HUB_TRUSTED_PROXIES: '127.0.0.1' } });
    await post('/api/auth/register', { username: 'ann', password: PASSWORD }, '192.0.2.1');
  });
  afterAll(() => hub?.close());

  const post = (path: string, json: unknown, forwardedFor: string): Promise<HttpResponse> =>
    sendRequest(hub.url, path, { method: 'POST', json, headers: { 'x-forwarded-for': forwardedFor } });
  const signIn = async (username: string, password: string, forwardedFor: string): Promise<number> =>
    (await post('/api/auth/login', { username, password }, forwardedFor)).status;
  const statuses = async (count: number, act: (n: number) => Promise<number>): Promise<number[]> => {
    const all: number[] = [];
    for (let n = 0; n < count; n += 1) all.push(await act(n));
    return all;
  };

  it('wrong passwords from one address refuse this address only', async () => {
    const wrong = await statuses(11, () => signIn('ann', 'not the password', '203.0.113.1'));
    expect(wrong).toEqual([...Array<number>(10).fill(401), 429]);
    expect(await signIn('ann', PASSWORD, '203.0.113.1')).toBe(429);
    expect(await signIn('ann', PASSWORD, '192.0.2.1')).toBe(200);
  });

  it('clients cannot claim another address', async () => {
    const wrong = await statuses(11, (n) => signIn('ben', 'not the password', `198.51.100.${n}, 203.0.113.2`));
    expect(wrong.at(-1)).toBe(429);
    expect(await signIn('ben', 'not the password', '198.51.100.0')).toBe(401);
  });

  it('registrations are limited per address', async () => {
    const register = async (name: string, from: string): Promise<number> =>
      (await post('/api/auth/register', { username: name, password: 'short' }, from)).status;
    expect((await statuses(61, (n) => register(`user-${n}`, '203.0.113.3'))).at(-1)).toBe(429);
    expect(await register('someone', '203.0.113.4')).toBe(400);
  });

  it('wrong admin tokens are refused per address, the right one never', async () => {
    const askAdmin = async (token: string, from: string): Promise<number> => {
      const headers = { 'x-admin-token': token, 'x-forwarded-for': from };
      return (await sendRequest(hub.url, '/admin/api/fallback-sources', { headers })).status;
    };
    expect((await statuses(11, () => askAdmin('wrong', '203.0.113.5'))).at(-1)).toBe(429);
    expect(await askAdmin('wrong', '203.0.113.6')).toBe(403);
    expect(await askAdmin(hub.adminToken, '203.0.113.5')).toBe(200);
  });
});

it('without trusted proxies, X-Forwarded-For is ignored', async () => {
  const hub = await startHub();
  const signIn = async (n: number): Promise<number> => {
    const headers = { 'x-forwarded-for': `192.0.2.${n}` };
    const json = { username: 'ann', password: PASSWORD };
    return (await sendRequest(hub.url, '/api/auth/login', { method: 'POST', json, headers })).status;
  };
  for (let n = 0; n < 10; n += 1) expect(await signIn(n)).toBe(401);
  expect(await signIn(10)).toBe(429);
  await hub.close();
});
