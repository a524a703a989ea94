import { Controller, Get, Module, Req } from '@nestjs/common';
import type { HubRequest } from '../../src/platform/http/hub-request.js';
import { AccountsService } from '../../src/users/accounts.service.js';
import { startHub, type RunningHub } from '../support/hub-app.js';

@Controller('guarded')
class GuardedController {
  @Get('request')
  request(@Req() request: HubRequest): object {
    const { caller, adminAccess, headers, rawHeaders } = request;
    return { caller, adminAccess, received: JSON.stringify([headers, rawHeaders]) };
  }
}

@Module({ controllers: [GuardedController] })
class GuardedModule {}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('authentication', () => {
  let hub: RunningHub;
  let token: string;

  beforeAll(async () => {
    hub = await startHub({ modules: [GuardedModule] });
    const accounts = hub.app.get(AccountsService, { strict: false });
    await accounts.createUser({ name: 'alice' });
    token = await accounts.createToken('alice', { name: 'laptop', role: 'write' });
  });
  afterAll(() => hub.close());

  const ask = async (
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; retryAfter: string | null; body: object }> => {
    const response = await fetch(hub.url + path, { headers });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: (await response.json()) as object,
    };
  };

  it('identifies callers by access token and removes all credentials from the request', async () => {
    for (const authorization of [`Bearer ${token}`, basic(`anyone:${token}`)]) {
      const { body } = await ask('/guarded/request', {
        authorization,
        cookie: `a=${token}`,
        'x-admin-token': hub.adminToken,
      });
      expect(body).toMatchObject({ caller: { name: 'alice', role: 'write' }, adminAccess: 'granted' });
      expect(JSON.stringify(body)).not.toContain(token);
      expect(JSON.stringify(body)).not.toContain(hub.adminToken);
      expect(JSON.stringify(body)).not.toContain(authorization);
    }
  });

  it('allows anonymous callers', async () => {
    expect((await ask('/guarded/request')).body).toMatchObject({ caller: {}, adminAccess: 'missing' });
  });

  it.each(['Bearer hf_unknown', 'Bearer', 'Basic x', 'Digest a=b', basic('alice:wrong')])(
    'rejects %j',
    async (authorization) => {
      const { status, body } = await ask('/guarded/request', { authorization });
      expect([status, body]).toEqual([401, { error: 'Invalid credentials in Authorization header' }]);
    },
  );

  it('grants admin access with the admin token only', async () => {
    expect(await ask('/admin/api/fallback-sources')).toMatchObject({ status: 401 });
    expect(await ask('/admin/api/fallback-sources', { 'x-admin-token': `${hub.adminToken}x` })).toMatchObject({
      status: 403,
    });
    expect(await ask('/admin/api/fallback-sources', { authorization: `Bearer ${token}` })).toMatchObject({
      status: 403,
    });
    expect(await ask('/admin/api/fallback-sources', { 'x-admin-token': hub.adminToken })).toMatchObject({
      status: 200,
      body: [],
    });
  });

  it('limits failed admin tokens per address across all routes, but accepts the correct one', async () => {
    const wrong = { 'x-admin-token': 'guess' };
    for (let guess = 0; guess < 11; guess += 1) await ask('/guarded/request', wrong);
    const refused = await ask('/admin/api/fallback-sources', wrong);
    expect(refused.status).toBe(429);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(60);
    const right = { 'x-admin-token': hub.adminToken };
    expect((await ask('/guarded/request', right)).body).toMatchObject({ adminAccess: 'granted' });
    expect((await ask('/admin/api/fallback-sources', right)).status).toBe(200);
  });
});

describe('a hub without an admin API', () => {
  it('returns 503 for admin routes', async () => {
    const hub = await startHub({ modules: [GuardedModule], env: { KOHAKU_HUB_ADMIN_ENABLED: 'false' } });
    const headers = { 'x-admin-token': hub.adminToken };
    const statuses = [
      await fetch(`${hub.url}/admin/api/fallback-sources`),
      await fetch(`${hub.url}/admin/api/fallback-sources`, { headers }),
    ].map(({ status }) => status);
    await hub.close();
    expect(statuses).toEqual([503, 503]);
  });
});
