import { FallbackCacheService } from '../../src/fallback/cache/fallback-cache.service.js';
import { createTestUser } from '../support/test-users.js';
import { bytes, json, redirect } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { useHubWithSources, startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

// Metadata of a commit never changes, so the hub requests it from a source once (docs/adr/0010).
const SHA = 'c0'.repeat(20);
const OTHER_SHA = 'd1'.repeat(20);
const TREE = [{ type: 'file', path: 'a.txt', oid: 'e'.repeat(40), size: 3 }];
const API = '/api/models/o/r';
const FILE = `/o/r/resolve/${SHA}/a.txt`;

const unavailable = json(503, { error: 'down for maintenance' });
const fileHeaders = { etag: '"abc"', 'x-repo-commit': SHA, 'content-length': '3' };
const large = {
  'x-repo-commit': SHA,
  'x-linked-size': '5000000',
  'x-linked-etag': `"${'f'.repeat(64)}"`,
  etag: `"${'f'.repeat(64)}"`,
};

/** A source with one repository of one commit. */
const repository: Responder = (response, request) => {
  const { url } = request;
  const reply = url.includes('/absent')
    ? json(404, { error: 'Entry not found' }, { 'x-error-code': 'EntryNotFound', 'x-repo-commit': SHA })
    : url.includes('/large')
      ? redirect(302, 'https://cdn.example.com/signed?until=soon', large)
      : url.includes('/resolve/')
        ? bytes(200, 'abc', fileHeaders)
        : url.includes('/tree/') || url.includes('/paths-info/')
          ? json(200, TREE, { link: `<https://source.example/next?cursor=x>; rel="next"` })
          : json(200, { id: 'o/r', sha: SHA, downloads: 7 });
  return reply(response, request);
};

const openHub = useHubWithSources();
let world: HubWithSources;
beforeAll(async () => {
  world = await startHubWithSources([repository]);
});
afterAll(() => world.close());
beforeEach(async () => {
  world.sources[0]!.reply = repository;
  await world.hub.app.get(FallbackCacheService).clear();
  world.sources[0]!.forget();
});

const requestsTo = ({ sources }: HubWithSources): string[] =>
  sources[0]!.requests.map(({ method, url }) => `${method} ${url}`);

describe('metadata of a commit', () => {
  it.each([
    { what: 'info', method: 'GET', path: `${API}/revision/${SHA}` },
    { what: 'a tree', method: 'GET', path: `${API}/tree/${SHA}?recursive=true` },
    { what: 'paths-info', method: 'POST', path: `${API}/paths-info/${SHA}`, json: { paths: ['a.txt'], expand: false } },
    { what: 'file metadata', method: 'HEAD', path: FILE },
    { what: 'a missing file', method: 'HEAD', path: `/o/r/resolve/${SHA}/absent.txt` },
  ] as const)('is requested from the source once: $what', async ({ path, ...options }) => {
    const first = await world.sendRequest(path, options);
    const cached = await world.sendRequest(path, options);
    expect(cached).toMatchObject({ status: first.status, body: first.body });
    expect([first.headers['age'], cached.headers['age']]).toEqual([undefined, first.status === 200 ? '0' : undefined]);
    const { date: _then, ...before } = first.headers;
    expect(cached.headers).toMatchObject({ ...before, 'x-request-id': expect.any(String) });
    expect(requestsTo(world)).toHaveLength(1);
  });

  it('is cached per path and parameters', async () => {
    for (const path of [`${API}/tree/${SHA}`, `${API}/tree/${SHA}/sub`, `${API}/tree/${SHA}?expand=true`])
      await world.sendRequest(path);
    for (const paths of [['a'], ['b']])
      await world.sendRequest(`${API}/paths-info/${SHA}`, { method: 'POST', json: { paths, expand: false } });
    expect(requestsTo(world)).toHaveLength(5);
  });

  it('includes headers of large files, but not their expiring download URL', async () => {
    const path = `/o/r/resolve/${SHA}/large.bin`;
    expect(await world.sendRequest(path, { method: 'HEAD' })).toMatchObject({
      status: 302,
      headers: { location: expect.stringContaining('cdn.example.com') },
    });
    const cached = await world.sendRequest(path, { method: 'HEAD' });
    expect(cached.status).toBe(200);
    expect(cached.headers).toMatchObject({ etag: large.etag, 'content-length': '5000000', 'x-repo-commit': SHA });
    expect(cached.headers).not.toHaveProperty('location');
    expect((await world.sendRequest(path)).headers['location']).toBe(`${world.sources[0]!.url}${path}`);
    expect(requestsTo(world)).toHaveLength(1);
  });

  it('is served with its age while the source is down, even without a binding', async () => {
    const world = await openHub([repository, json(200, TREE)], { env: { KOHAKU_HUB_FALLBACK_CACHE_TTL: '0' } });
    await world.sendRequest(`${API}/tree/${SHA}`);
    world.sources[0]!.reply = unavailable;
    const response = await world.sendRequest(`${API}/tree/${SHA}`);
    expect([response.status, response.json(), response.headers['x-source'], response.headers['age']]).toEqual([
      200,
      TREE,
      'A',
      '0',
    ]);
    // metadata that is not cached comes from the next source
    expect((await world.sendRequest(`${API}/tree/${OTHER_SHA}`)).headers['x-source']).toBe('B');
  });

  it('is requested again, without a binding, and 404 replaces the cached response', async () => {
    const world = await openHub([repository], { env: { KOHAKU_HUB_FALLBACK_CACHE_TTL: '0' } });
    await world.sendRequest(`${API}/tree/${SHA}`);
    world.sources[0]!.reply = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
    expect((await world.sendRequest(`${API}/tree/${SHA}`)).status).toBe(404);
  });

  it('appears in the administrator’s trace as served from the cache', async () => {
    const headers = { 'x-admin-token': world.hub.adminToken, 'x-fallback-trace': '1' };
    await world.sendRequest(FILE, { method: 'HEAD' });
    const response = await world.sendRequest(FILE, { method: 'HEAD', headers });
    const trace = JSON.parse(Buffer.from(response.headers['x-fallback-trace']!, 'base64').toString()) as unknown;
    expect(trace).toEqual([expect.objectContaining({ source: 'A', decision: 'serve', age: 0, ms: 0 })]);
  });
});

describe('not cached', () => {
  it.each([
    { what: 'the tree of a branch', method: 'GET', path: `${API}/tree/main` },
    { what: 'a repository', method: 'GET', path: API },
    { what: 'a short commit id', method: 'GET', path: `${API}/revision/${SHA.slice(0, 10)}` },
    { what: 'a file of a branch', method: 'HEAD', path: '/o/r/resolve/main/a.txt' },
    { what: 'a response for a different commit', method: 'GET', path: `${API}/revision/${OTHER_SHA}` },
  ] as const)('$what', async ({ path, method }) => {
    await world.sendRequest(path, { method });
    const cached = await world.sendRequest(path, { method });
    expect([cached.status, cached.headers['age']]).toEqual([200, undefined]);
    expect(requestsTo(world)).toHaveLength(2);
  });

  it('failed requests', async () => {
    await world.sendRequest(API);
    world.sources[0]!.reply = unavailable;
    expect((await world.sendRequest(`${API}/tree/${SHA}`)).status).toBe(503);
    world.sources[0]!.reply = repository;
    expect((await world.sendRequest(`${API}/tree/${SHA}`)).status).toBe(200);
  });

  it('any metadata if KOHAKU_HUB_FALLBACK_METADATA_CACHE is false', async () => {
    const world = await openHub([repository], { env: { KOHAKU_HUB_FALLBACK_METADATA_CACHE: 'false' } });
    for (let n = 0; n < 2; n++) await world.sendRequest(FILE, { method: 'HEAD' });
    expect(requestsTo(world)).toHaveLength(2);
  });
});

describe('metadata that a source’s token gives access to', () => {
  const token = 'hf_source-token';

  it('is not cached if anonymous users can use the source', async () => {
    const world = await openHub([repository], { facts: [{ token }] });
    for (let n = 0; n < 2; n++) await world.sendRequest(`${API}/tree/${SHA}`);
    expect(requestsTo(world)).toHaveLength(2);
  });

  it('is cached if the source requires sign-in, and never served to anonymous users', async () => {
    const world = await openHub([repository], { facts: [{ token, require_auth: true }] });
    const { authorization } = (await createTestUser(world.hub, 'reader')).headers;
    for (let n = 0; n < 2; n++)
      expect((await world.sendRequest(`${API}/tree/${SHA}`, { headers: { authorization } })).status).toBe(200);
    expect(requestsTo(world)).toHaveLength(1);
    expect((await world.sendRequest(`${API}/tree/${SHA}`)).status).toBe(404);
  });
});

describe('cached metadata is evicted', () => {
  const evictions = {
    'when the administrator clears the cache': () => world.hub.app.get(FallbackCacheService).clear(),
    'when the administrator evicts the repository': () =>
      world.hub.app.get(FallbackCacheService).evict({ type: 'model', namespace: 'O', name: 'R' }),
  };

  it.each(Object.entries(evictions))('%s', async (_when, evict) => {
    await world.sendRequest(`${API}/tree/${SHA}`);
    await evict();
    world.sources[0]!.reply = unavailable;
    expect((await world.sendRequest(`${API}/tree/${SHA}`)).status).toBe(503);
  });

  it('only for the evicted repository', async () => {
    await world.sendRequest(`${API}/tree/${SHA}`);
    await world.hub.app.get(FallbackCacheService).evict({ type: 'model', namespace: 'o', name: 'r2' });
    await world.sendRequest(`${API}/tree/${SHA}`);
    expect(requestsTo(world)).toHaveLength(1);
  });
});
