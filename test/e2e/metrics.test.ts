import { MetricsHistory } from '../../src/admin/metrics-history.service.js';
import { readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adminClient } from '../support/admin-client.js';
import { sendRequest } from '../support/send-request.js';
import { bytes, json, reset } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { LocalRepos } from '../support/local-repos.js';
import { createTestUser } from '../support/test-users.js';
import { scrape } from '../support/scrape.js';

const info = json(200, { id: 'secret-lab/plans', sha: 'a'.repeat(40) });
const missing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
const aFile = bytes(200, 'content', { 'x-repo-commit': 'a'.repeat(40), etag: '"e"' });
const hasPlans: Responder = (response, request) =>
  (request.url.includes('/resolve/') ? aFile : request.url.includes('plans') ? info : missing)(response, request);
const REQUESTS = 'hubfall_http_request_duration_seconds_count';

/** The first cells of the rows in docs/operations.md, such as `hubfall_a_hits_total`, `…_misses_total`. */
const DOCUMENTED = readFileSync('docs/operations.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `hubfall_'))
  .map((line) => [...line.split('|')[1]!.matchAll(/`([\w…]+)/g)].map(([, name]) => name!));
const isDocumented = (metric: string): boolean =>
  DOCUMENTED.some(([first = '', ...others]) =>
    [first, ...others].some((name) => {
      const suffix = name.replace('…', '');
      return (
        name === metric ||
        (suffix !== name && metric.endsWith(suffix) && first.startsWith(metric.slice(0, -suffix.length)))
      );
    }),
  );

describe('the metrics of a hub with sources', () => {
  let world: HubWithSources;
  beforeAll(async () => {
    world = await startHubWithSources([hasPlans, missing], { facts: [{}, { namespace: 'other' }] });
    for (const path of [
      '/api/models/secret-lab/plans',
      '/api/models/secret-lab/plans',
      '/secret-lab/plans/resolve/main/a',
    ])
      await world.sendRequest(path);
    await world.sendRequest('/api/models/other/none');
    await world.sendRequest('/api/datasets/secret-lab/none?fallback=false');
    await world.sendRequest('/admin/api/fallback-sources/secret-id', {
      headers: { 'x-admin-token': world.hub.adminToken },
    });
    world.sources[0]!.reply = reset();
    await world.sendRequest('/api/models/secret-lab/plans/refs');
  });
  afterAll(() => world.close());

  it('count responses by route pattern, without repository names', async () => {
    const metrics = await scrape(world.hub.url);
    expect(metrics.value(REQUESTS, { route: '/api/models/:id', method: 'GET', status: '200' })).toBe(2);
    expect(metrics.value(REQUESTS, { route: '/:id/resolve/*rest', status: '302' })).toBe(1);
    expect(metrics.value(REQUESTS, { route: '/api/datasets/:id', status: '404' })).toBe(1);
    expect(metrics.value(REQUESTS, { route: '/admin/api/fallback-sources/:id', status: '404' })).toBe(1);
    expect(metrics.text).not.toMatch(/secret|plans/);
  });

  it('are documented', async () => {
    const { text } = await scrape(world.hub.url);
    const names = [...text.matchAll(/^# TYPE (hubfall_\w+)/gm)].map(([, name]) => name!);
    expect(names.filter((name) => !isDocumented(name))).toEqual([]);
  });

  it('count requests to sources by operation and outcome', async () => {
    const metrics = await scrape(world.hub.url);
    const count = (operation: string, outcome: string): number | undefined =>
      metrics.value('hubfall_fallback_requests_total', { operation, outcome });
    expect([count('info', 'served'), count('info', 'RepoNotFound'), count('resolve', 'served')]).toEqual([2, 1, 1]);
    expect([count('info', 'not-asked'), count('refs', 'UpstreamFailed')]).toEqual([1, 1]);
  });

  it('include response counts and breaker state of each source', async () => {
    const metrics = await scrape(world.hub.url);
    const responses = (source: string, status: string): number | undefined =>
      metrics.value('hubfall_upstream_request_duration_seconds_count', { source, status });
    expect([responses('A', '200'), responses('A', '404'), responses('other/B', '404')]).toEqual([3, 1, 1]);
    expect(responses('A', 'network')).toBe(1);
    expect(metrics.value('hubfall_upstream_breaker_state', { source: 'A' })).toBe(0);
    expect(metrics.value('hubfall_upstream_token_rejected', { source: 'A' })).toBe(0);
    expect(metrics.value('hubfall_upstream_inflight', { source: 'other/B' })).toBe(0);
  });

  it('include the cache, the database and the Node process', async () => {
    const metrics = await scrape(world.hub.url);
    expect(metrics.value('hubfall_fallback_cache_hits_total')).toBe(3);
    expect(metrics.value('hubfall_fallback_cache_misses_total')).toBe(2);
    expect(metrics.value('hubfall_fallback_cache_size')).toBe(1);
    expect(metrics.value('hubfall_database_connections', { state: 'idle' })).toBe(1);
    expect(metrics.value('hubfall_database_query_duration_seconds_count')).toBeGreaterThan(0);
    expect(metrics.value('hubfall_http_requests_in_flight')).toBe(1);
    expect(metrics.value('process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('are summarized for administrators', async () => {
    const { body } = await adminClient(world.hub)('GET', '/metrics/summary');
    expect(body).toMatchObject({
      versions: { hub: world.hub.config.version, node: process.versions.node },
      components: expect.arrayContaining([{ name: 'database', status: 'up', message: null }]) as unknown,
      requests: expect.arrayContaining([
        { group: 'repositories', status: 200, count: 2 },
        { group: 'files', status: 302, count: 1 },
      ]) as unknown,
      cache: { hits: 3, misses: 2 },
      sources: [{ name: 'A', requests: 5 }, { name: 'B' }],
    });
  });

  it('are kept for the charts of the overview, for an hour', async () => {
    const history = world.hub.app.get(MetricsHistory, { strict: false });
    for (let minute = 0; minute < 61; minute++) await history.sample();
    const { body } = await adminClient(world.hub)('GET', '/metrics/history');
    expect(body).toHaveLength(60);
    expect((body as unknown[]).at(-1)).toMatchObject({
      at: expect.stringMatching(/^\d{4}-/) as unknown,
      requests: expect.arrayContaining([{ group: 'files', status: 302, count: 1 }]) as unknown,
      sources: [{ name: 'A', requests: 5 }, { name: 'B' }],
    });
  });

  it('distinguish errors of sources from errors of the hub, and count the bytes of files', async () => {
    const metrics = await scrape(world.hub.url);
    expect(metrics.value(REQUESTS, { route: '/api/models/:id/refs', status: '502', origin: 'source' })).toBe(1);
    expect(metrics.value(REQUESTS, { route: '/api/datasets/:id', status: '404', origin: 'hub' })).toBe(1);
    const served = 'hubfall_served_bytes_total';
    expect(metrics.value(served, { kind: 'redirected', source: 'A' })).toBe('content'.length);
    const alice = await createTestUser(world.hub, 'alice');
    const repo = { type: 'model', namespace: 'alice', name: 'own' } as const;
    const store = LocalRepos.of(world.hub.app);
    await store.createRepository({ repo, ownerName: 'alice', private: false });
    const path = '/alice/own/resolve/main/.gitattributes';
    const { body } = await world.sendRequest(path);
    await world.sendRequest(path, { headers: { range: 'bytes=0-9' } });
    await world.sendRequest(path, { method: 'HEAD' });
    world.sources[0]!.reply = hasPlans;
    await world.sendRequest('/secret-lab/plans/resolve/main/a', { headers: alice.headers });
    const after = await scrape(world.hub.url);
    expect(after.value(served, { kind: 'own' })).toBe(body.length + 10);
    expect(after.value(served, { kind: 'relayed', source: 'A' })).toBe('content'.length);
  });

  it('include totals of the hub, its version, and the credentials of sources', async () => {
    const metrics = await scrape(world.hub.url);
    const build = { version: world.hub.config.version, commit: 'unknown' };
    expect(metrics.value('hubfall_build_info', build)).toBe(1);
    expect(metrics.value('hubfall_upstream_token_state', { source: 'A', state: 'none' })).toBe(1);
    for (const name of ['hubfall_repository_bytes', 'hubfall_stored_bytes', 'hubfall_stored_objects'])
      expect([name, metrics.value(name)]).toEqual([name, expect.any(Number)]);
    expect(metrics.value('hubfall_accounts', { kind: 'organization' })).toBe(0);
    expect(metrics.value('hubfall_repositories', { type: 'space' })).toBe(0);
  });
});

describe('access to the metrics', () => {
  const TOKEN = 'the-token-of-prometheus';
  let hub: RunningHub;
  const status = async (headers?: Record<string, string>): Promise<number> =>
    (await sendRequest(hub.url, '/metrics', { headers })).status;
  afterEach(() => hub.close());

  it('requires the metrics token or the admin token', async () => {
    hub = await startHub({ env: { KOHAKU_HUB_METRICS_TOKEN: TOKEN } });
    expect(await status()).toBe(401);
    expect(await status({ authorization: 'Bearer some-other-token' })).toBe(401);
    expect(await status({ authorization: `Bearer ${TOKEN}` })).toBe(200);
    expect(await status({ 'x-admin-token': hub.adminToken })).toBe(200);
    expect((await sendRequest(hub.url, '/api/models', { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(
      401,
    );
  });

  it('is not possible if metrics are disabled', async () => {
    hub = await startHub({ env: { KOHAKU_HUB_METRICS_ENABLED: 'false' } });
    expect(await status({ 'x-admin-token': hub.adminToken })).toBe(404);
  });
});

describe('a hub whose storage is unavailable', () => {
  let hub: RunningHub;
  const becomesReady = async (): Promise<void> => {
    while ((await sendRequest(hub.url, '/health/ready')).status !== 200) await new Promise(setImmediate);
  };
  beforeEach(async () => {
    hub = await startHub();
  });
  afterEach(() => hub.close());

  it('is not ready, reports it to administrators, and recovers by itself', async () => {
    const blobs = join(hub.config.dataDir, 'blobs');
    await rename(blobs, `${blobs}.moved`);
    await writeFile(blobs, 'no folder');
    const response = await sendRequest(hub.url, '/health/ready');
    expect([response.status, response.json()]).toEqual([
      503,
      { error: 'Not ready. storage: Files cannot be written or read' },
    ]);
    expect((await adminClient(hub)('GET', '/metrics/summary')).body).toMatchObject({
      components: expect.arrayContaining([
        { name: 'storage', status: 'down', message: 'Files cannot be written or read' },
      ]) as unknown,
    });
    expect((await scrape(hub.url)).value('hubfall_component_up', { component: 'storage' })).toBe(0);
    await rm(blobs);
    await rename(`${blobs}.moved`, blobs);
    await becomesReady(); // storage is checked every three seconds
  });
});
