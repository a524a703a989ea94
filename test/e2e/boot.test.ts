import { Controller, Get, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { startHub, type RunningHub } from '../support/hub-app.js';

const arrivals: (() => void)[] = [];
const pending: (() => void)[] = [];

/** Responds when the test releases it. */
@Controller('pending')
class PendingController {
  @Get()
  async pending(): Promise<object> {
    arrivals.splice(0).forEach((notify) => notify());
    await new Promise<void>((resolve) => pending.push(resolve));
    return { done: true };
  }
}

@Module({ controllers: [PendingController] })
class PendingModule {}

const nextArrival = (): Promise<void> => new Promise((resolve) => arrivals.push(resolve));

describe('a started hub', () => {
  let hub: RunningHub;
  beforeAll(async () => {
    hub = await startHub({ env: { KOHAKU_HUB_SITE_NAME: 'Test hub' }, firstStart: true });
  });
  afterAll(() => hub.close());

  const json = async (path: string): Promise<unknown> => (await fetch(hub.url + path)).json();

  it('is live, and ready if its database responds', async () => {
    expect(await json('/health/live')).toEqual({ status: 'ok', version: hub.config.version });
    expect(await json('/health/ready')).toMatchObject({ status: 'ok', details: { database: { status: 'up' } } });
  });

  it('reports its name, version and settings', async () => {
    expect(await json('/api/version')).toEqual({ api: 'hubfall', version: hub.config.version, name: 'Test hub' });
    expect(await json('/api/site-config')).toEqual({
      site_name: 'Test hub',
      remote_images: 'all',
      version: hub.config.version,
      registration: 'open',
      fallback: true,
      reserve_local_namespaces: false,
      password_sign_in: true,
      sign_in_providers: [],
    });
    expect(await json('/api/agent-harnesses')).toEqual({ standardEnvVars: [], harnesses: {} });
  });

  it('returns a request id, either the client’s or a new one', async () => {
    const idOf = async (path: string, given?: string): Promise<string | null> =>
      (await fetch(hub.url + path, { headers: given ? { 'x-request-id': given } : {} })).headers.get('x-request-id');
    expect(await idOf('/health/live')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf('/nothing', 'Root=1-67a')).toBe('Root=1-67a');
    expect(await idOf('/docs-json', 'a b<script>')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('uses the trace id that Python clients send as the request id', async () => {
    const idOf = async (headers: Record<string, string>): Promise<string | null> =>
      (await fetch(`${hub.url}/api/version`, { headers })).headers.get('x-request-id');
    const trace = { 'x-amzn-trace-id': 'Root=1-67a;Parent=53995c3f42cd8ad8;Sampled=1' };
    expect(await idOf(trace)).toBe(trace['x-amzn-trace-id']);
    expect(await idOf({ ...trace, 'x-request-id': 'of-the-proxy' })).toBe('of-the-proxy');
    expect(await idOf({ ...trace, 'x-request-id': 'a b' })).toBe(trace['x-amzn-trace-id']);
    expect(await idOf({ 'x-amzn-trace-id': 'a b' })).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('allows cross-origin reads of all routes except the admin API', async () => {
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

  it('serves its API documentation with a content security policy', async () => {
    const page = await fetch(`${hub.url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect((await fetch(`${hub.url}/health/live`)).headers.get('content-security-policy')).toBeNull();
    expect(await json('/docs-json')).toMatchObject({
      paths: { '/api/{types}/{namespace}/{name}': {}, '/admin/api/fallback-sources': {} },
      components: { securitySchemes: { 'admin-token': { name: 'X-Admin-Token', in: 'header' } } },
    });
  });

  // The last test, because afterwards the hub has no database.
  it('stays live without its database, but is not ready', async () => {
    await hub.app.get(DataSource, { strict: false }).destroy();
    expect((await fetch(`${hub.url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${hub.url}/health/ready`);
    expect([ready.status, Object.keys((await ready.json()) as object)]).toEqual([503, ['error']]);
  });
});

describe('a hub that shuts down', () => {
  it('finishes pending requests and closes idle connections', async () => {
    const hub = await startHub({ modules: [PendingModule], graceMs: 60_000 });
    const requestArrived = nextArrival();
    const response = fetch(`${hub.url}/pending`);
    await requestArrived;
    const closed = hub.close();
    pending.splice(0).forEach((release) => release());
    expect(await (await response).json()).toEqual({ done: true });
    await closed;
    await expect(fetch(`${hub.url}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('closes pending connections after the grace period', async () => {
    const hub = await startHub({ modules: [PendingModule], graceMs: 50 });
    const requestArrived = nextArrival();
    const connectionClosed = expect(fetch(`${hub.url}/pending`)).rejects.toThrow('fetch failed');
    await requestArrived;
    await hub.close();
    await connectionClosed;
    pending.splice(0).forEach((release) => release());
  });
});
