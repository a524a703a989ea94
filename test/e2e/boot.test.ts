import { Controller, Get, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { startHub, type RunningHub } from '../support/hub-app.js';

const reached: (() => void)[] = [];
const held: (() => void)[] = [];

/** Answers when it is told to. */
@Controller('held')
class HeldController {
  @Get()
  async held(): Promise<object> {
    reached.splice(0).forEach((tell) => tell());
    await new Promise<void>((resolve) => held.push(resolve));
    return { done: true };
  }
}

@Module({ controllers: [HeldController] })
class HeldModule {}

const nextReached = (): Promise<void> => new Promise((resolve) => reached.push(resolve));

describe('a started hub', () => {
  let hub: RunningHub;
  beforeAll(async () => {
    hub = await startHub({ env: { KOHAKU_HUB_SITE_NAME: 'Test hub' }, firstStart: true });
  });
  afterAll(() => hub.close());

  const json = async (path: string): Promise<unknown> => (await fetch(hub.url + path)).json();

  it('lives, and is ready when its database answers', async () => {
    expect(await json('/health/live')).toEqual({ status: 'ok' });
    expect(await json('/health/ready')).toMatchObject({ status: 'ok', details: { database: { status: 'up' } } });
  });

  it('says what it is', async () => {
    expect(await json('/api/version')).toEqual({ api: 'hubfall', version: hub.config.version, name: 'Test hub' });
    expect(await json('/api/site-config')).toEqual({
      site_name: 'Test hub',
      version: hub.config.version,
      registration: 'open',
      fallback: true,
    });
    expect(await json('/api/agent-harnesses')).toEqual({ standardEnvVars: [], harnesses: {} });
  });

  it('gives every answer a request id, its own or the one it was sent', async () => {
    const idOf = async (path: string, given?: string): Promise<string | null> =>
      (await fetch(hub.url + path, { headers: given ? { 'x-request-id': given } : {} })).headers.get('x-request-id');
    expect(await idOf('/health/live')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf('/nothing', 'Root=1-67a')).toBe('Root=1-67a');
    expect(await idOf('/docs-json', 'a b<script>')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('lets pages elsewhere read everything but the admin API', async () => {
    const preflight = (path: string): Promise<Response> =>
      fetch(hub.url + path, {
        method: 'OPTIONS',
        headers: { origin: 'https://page', 'access-control-request-headers': 'range' },
      });
    const open = await preflight('/a/b/resolve/main/x');
    expect([open.status, open.headers.get('access-control-allow-headers')]).toEqual([204, 'range']);
    const plain = await fetch(`${hub.url}/nothing`);
    expect(plain.headers.get('access-control-allow-origin')).toBe('*');
    expect(plain.headers.get('access-control-expose-headers')).toMatch(/X-Repo-Commit.*X-Source-URL/);
    expect((await fetch(`${hub.url}/administrators/x/resolve/main/y`)).headers.get('access-control-allow-origin')).toBe(
      '*',
    );
    for (const closed of [
      await preflight('/admin/api/fallback-sources'),
      await fetch(`${hub.url}/admin/api/fallback-sources`),
    ]) {
      expect([...closed.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('documents its API, and protects the pages', async () => {
    const page = await fetch(`${hub.url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect((await fetch(`${hub.url}/health/live`)).headers.get('content-security-policy')).toBeNull();
    expect(await json('/docs-json')).toMatchObject({
      paths: { '/api/{types}/{namespace}/{name}': {}, '/admin/api/fallback-sources': {} },
      components: { securitySchemes: { 'admin-token': { name: 'X-Admin-Token', in: 'header' } } },
    });
  });

  // The last one: after it, this hub has no database.
  it('lives on without its database, but is not ready', async () => {
    await hub.app.get(DataSource, { strict: false }).destroy();
    expect((await fetch(`${hub.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${hub.url}/health/ready`);
    expect([ready.status, Object.keys((await ready.json()) as object)]).toEqual([503, ['error']]);
  });
});

describe('a hub that is told to stop', () => {
  it('finishes what is in flight, and its idle connections do not hold it', async () => {
    const hub = await startHub({ modules: [HeldModule], graceMs: 60_000 });
    const asked = nextReached();
    const answer = fetch(`${hub.url}/held`);
    await asked;
    const closed = hub.close();
    held.splice(0).forEach((release) => release());
    expect(await (await answer).json()).toEqual({ done: true });
    await closed;
    await expect(fetch(`${hub.url}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('does not wait for ever', async () => {
    const hub = await startHub({ modules: [HeldModule], graceMs: 50 });
    const asked = nextReached();
    const cut = expect(fetch(`${hub.url}/held`)).rejects.toThrow('fetch failed');
    await asked;
    await hub.close();
    await cut;
    held.splice(0).forEach((release) => release());
  });
});
