import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
import { AdminTokenGuard } from '../../src/platform/http/admin-token.guard.js';
import type { HubRequest } from '../../src/platform/http/hub-request.js';
import { AccountsService } from '../../src/users/accounts.service.js';
import { startHub, type RunningHub } from '../support/hub-app.js';

@Controller('door')
class DoorController {
  @Get('seen')
  seen(@Req() request: HubRequest): object {
    const { caller, adminAccess, headers, rawHeaders } = request;
    return { caller, adminAccess, received: JSON.stringify([headers, rawHeaders]) };
  }

  @Get('admin')
  @UseGuards(AdminTokenGuard)
  admin(): object {
    return { in: true };
  }
}

@Module({ controllers: [DoorController] })
class DoorModule {}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('the door', () => {
  let hub: RunningHub;
  let token: string;

  beforeAll(async () => {
    hub = await startHub({ modules: [DoorModule] });
    const accounts = hub.app.get(AccountsService, { strict: false });
    await accounts.createUser({ name: 'alice' });
    token = await accounts.createToken('alice', { name: 'laptop', role: 'write' });
  });
  afterAll(() => hub.close());

  const ask = async (
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; wait: string | null; body: object }> => {
    const answer = await fetch(hub.url + path, { headers });
    return { status: answer.status, wait: answer.headers.get('retry-after'), body: (await answer.json()) as object };
  };

  it('knows a caller by token, and takes every credential off the request', async () => {
    for (const authorization of [`Bearer ${token}`, basic(`whoever:${token}`)]) {
      const { body } = await ask('/door/seen', {
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

  it('lets anonymous callers in', async () => {
    expect((await ask('/door/seen')).body).toMatchObject({ caller: {}, adminAccess: 'missing' });
  });

  it.each(['Bearer hf_unknown', 'Bearer', 'Basic x', 'Digest a=b', basic('alice:wrong')])(
    'refuses %j',
    async (authorization) => {
      const { status, body } = await ask('/door/seen', { authorization });
      expect([status, body]).toEqual([401, { error: 'Invalid credentials in Authorization header' }]);
    },
  );

  it('opens the admin API to the admin token alone', async () => {
    expect(await ask('/door/admin')).toMatchObject({ status: 401 });
    expect(await ask('/door/admin', { 'x-admin-token': `${hub.adminToken}x` })).toMatchObject({ status: 403 });
    expect(await ask('/door/admin', { authorization: `Bearer ${token}` })).toMatchObject({ status: 401 });
    expect(await ask('/door/admin', { 'x-admin-token': hub.adminToken })).toMatchObject({
      status: 200,
      body: { in: true },
    });
  });

  it('refuses guesses of the admin token after a while, and never the right one', async () => {
    const guess = { 'x-admin-token': 'guess' };
    for (let guesses = 0; guesses < 11; guesses += 1) await ask('/door/seen', guess);
    const refused = await ask('/door/admin', guess);
    expect(refused.status).toBe(429);
    expect(Number(refused.wait)).toBeGreaterThan(0);
    expect(Number(refused.wait)).toBeLessThanOrEqual(60);
    const right = { 'x-admin-token': hub.adminToken };
    expect((await ask('/door/seen', right)).body).toMatchObject({ adminAccess: 'granted' });
    expect((await ask('/door/admin', right)).status).toBe(200);
  });
});

describe('the door of a hub without admin', () => {
  it('says so', async () => {
    const hub = await startHub({ modules: [DoorModule], env: { KOHAKU_HUB_ADMIN_ENABLED: 'false' } });
    const headers = { 'x-admin-token': hub.adminToken };
    const statuses = [await fetch(`${hub.url}/door/admin`), await fetch(`${hub.url}/door/admin`, { headers })].map(
      (a) => a.status,
    );
    await hub.close();
    expect(statuses).toEqual([503, 503]);
  });
});
