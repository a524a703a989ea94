import { FallbackCacheService } from '../../src/fallback/cache/fallback-cache.service.js';
import { joinHub } from '../support/join-hub.js';
import { bytes, json, redirect } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { hubsOfEachTest, hubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

// What a source has said about a commit is said again without asking it (docs/adr/0010).
const SHA = 'c0'.repeat(20);
const OTHER_SHA = 'd1'.repeat(20);
const TREE = [{ type: 'file', path: 'a.txt', oid: 'e'.repeat(40), size: 3 }];
const API = '/api/models/o/r';
const FILE = `/o/r/resolve/${SHA}/a.txt`;

const unavailable = json(503, { error: 'down for maintenance' });
const description = { etag: '"abc"', 'x-repo-commit': SHA, 'content-length': '3' };
const large = {
  ...{ 'x-repo-commit': SHA, 'x-linked-size': '5000000', 'x-linked-etag': `"${'f'.repeat(64)}"` },
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
        ? bytes(200, 'abc', description)
        : url.includes('/tree/') || url.includes('/paths-info/')
          ? json(200, TREE, { link: `<https://far.example/next?cursor=x>; rel="next"` })
          : json(200, { id: 'o/r', sha: SHA, downloads: 7 });
  return reply(response, request);
};

const hubWith = hubsOfEachTest();
let world: HubWithSources;
beforeAll(async () => {
  world = await hubWithSources([repository]);
});
afterAll(() => world.close());
beforeEach(async () => {
  world.sources[0]!.reply = repository;
  await world.hub.app.get(FallbackCacheService).clear();
  world.sources[0]!.forget();
});

const asked = ({ sources }: HubWithSources): string[] =>
  sources[0]!.requests.map(({ method, url }) => `${method} ${url}`);

describe('about a commit', () => {
  it.each([
    { what: 'its description', method: 'GET', path: `${API}/revision/${SHA}` },
    { what: 'its tree', method: 'GET', path: `${API}/tree/${SHA}?recursive=true` },
    { what: 'its paths', method: 'POST', path: `${API}/paths-info/${SHA}`, json: { paths: ['a.txt'], expand: false } },
    { what: 'a file’s description', method: 'HEAD', path: FILE },
    { what: 'that there is no such file', method: 'HEAD', path: `/o/r/resolve/${SHA}/absent.txt` },
  ] as const)('$what is asked once', async ({ path, ...how }) => {
    const first = await world.ask(path, how);
    const again = await world.ask(path, how);
    expect(again).toMatchObject({ status: first.status, body: first.body });
    expect([first.headers['age'], again.headers['age']]).toEqual([undefined, first.status === 200 ? '0' : undefined]);
    const { date: _then, ...before } = first.headers;
    expect(again.headers).toMatchObject({ ...before, 'x-request-id': expect.any(String) });
    expect(asked(world)).toHaveLength(1);
  });

  it('different questions have different answers', async () => {
    for (const path of [`${API}/tree/${SHA}`, `${API}/tree/${SHA}/sub`, `${API}/tree/${SHA}?expand=true`])
      await world.ask(path);
    for (const paths of [['a'], ['b']])
      await world.ask(`${API}/paths-info/${SHA}`, { method: 'POST', json: { paths, expand: false } });
    expect(asked(world)).toHaveLength(5);
  });

  it('a large file’s description stays, where its bytes were does not', async () => {
    const path = `/o/r/resolve/${SHA}/large.bin`;
    expect(await world.ask(path, { method: 'HEAD' })).toMatchObject({
      status: 302,
      headers: { location: expect.stringContaining('cdn.example.com') },
    });
    const again = await world.ask(path, { method: 'HEAD' });
    expect(again.status).toBe(200);
    expect(again.headers).toMatchObject({ etag: large.etag, 'content-length': '5000000', 'x-repo-commit': SHA });
    expect(again.headers).not.toHaveProperty('location');
    expect((await world.ask(path)).headers['location']).toBe(`${world.sources[0]!.url}${path}`);
    expect(asked(world)).toHaveLength(1);
  });

  it('it is answered while the source is away, though the repository is bound to none, and says how old it is', async () => {
    const world = await hubWith([repository, json(200, TREE)], { env: { KOHAKU_HUB_FALLBACK_CACHE_TTL: '0' } });
    await world.ask(`${API}/tree/${SHA}`);
    world.sources[0]!.reply = unavailable;
    const told = await world.ask(`${API}/tree/${SHA}`);
    expect([told.status, told.json(), told.headers['x-source'], told.headers['age']]).toEqual([200, TREE, 'A', '0']);
    // what was never asked, nobody pretends to know
    expect((await world.ask(`${API}/tree/${OTHER_SHA}`)).headers['x-source']).toBe('B');
  });

  it('it is asked again where the source can be asked and says no', async () => {
    const world = await hubWith([repository], { env: { KOHAKU_HUB_FALLBACK_CACHE_TTL: '0' } });
    await world.ask(`${API}/tree/${SHA}`);
    world.sources[0]!.reply = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
    expect((await world.ask(`${API}/tree/${SHA}`)).status).toBe(404);
  });

  it('the administrator’s trace says that nobody was asked', async () => {
    const headers = { 'x-admin-token': world.hub.adminToken, 'x-fallback-trace': '1' };
    await world.ask(FILE, { method: 'HEAD' });
    const told = await world.ask(FILE, { method: 'HEAD', headers });
    const trace = JSON.parse(Buffer.from(told.headers['x-fallback-trace']!, 'base64').toString()) as unknown;
    expect(trace).toEqual([expect.objectContaining({ source: 'A', decision: 'serve', age: 0, ms: 0 })]);
  });
});

describe('every time is asked', () => {
  it.each([
    { what: 'a branch’s tree', method: 'GET', path: `${API}/tree/main` },
    { what: 'a repository', method: 'GET', path: API },
    { what: 'a short commit id', method: 'GET', path: `${API}/revision/${SHA.slice(0, 10)}` },
    { what: 'a file of a branch', method: 'HEAD', path: '/o/r/resolve/main/a.txt' },
    { what: 'what is answered for another commit', method: 'GET', path: `${API}/revision/${OTHER_SHA}` },
  ] as const)('$what', async ({ path, method }) => {
    await world.ask(path, { method });
    const again = await world.ask(path, { method });
    expect([again.status, again.headers['age']]).toEqual([200, undefined]);
    expect(asked(world)).toHaveLength(2);
  });

  it('what could not be answered', async () => {
    await world.ask(API);
    world.sources[0]!.reply = unavailable;
    expect((await world.ask(`${API}/tree/${SHA}`)).status).toBe(503);
    world.sources[0]!.reply = repository;
    expect((await world.ask(`${API}/tree/${SHA}`)).status).toBe(200);
  });

  it('everything where it is switched off', async () => {
    const world = await hubWith([repository], { env: { KOHAKU_HUB_FALLBACK_METADATA_CACHE: 'false' } });
    for (let n = 0; n < 2; n++) await world.ask(FILE, { method: 'HEAD' });
    expect(asked(world)).toHaveLength(2);
  });
});

describe('what a token sees', () => {
  const token = 'hf_of-the-source';

  it('is not remembered where everybody may ask the source', async () => {
    const world = await hubWith([repository], { facts: [{ token }] });
    for (let n = 0; n < 2; n++) await world.ask(`${API}/tree/${SHA}`);
    expect(asked(world)).toHaveLength(2);
  });

  it('is remembered where only who is signed in may, and told to nobody else', async () => {
    const world = await hubWith([repository], { facts: [{ token, require_auth: true }] });
    const authorization = `Bearer ${await joinHub(world.hub.url, 'reader')}`;
    for (let n = 0; n < 2; n++)
      expect((await world.ask(`${API}/tree/${SHA}`, { headers: { authorization } })).status).toBe(200);
    expect(asked(world)).toHaveLength(1);
    expect((await world.ask(`${API}/tree/${SHA}`)).status).toBe(404);
  });
});

describe('what was said is forgotten', () => {
  const forgetting = {
    'when the administrator clears the cache': () => world.hub.app.get(FallbackCacheService).clear(),
    'when the administrator evicts the repository': () =>
      world.hub.app.get(FallbackCacheService).evict({ type: 'model', namespace: 'O', name: 'R' }),
  };

  it.each(Object.entries(forgetting))('%s', async (_when, forget) => {
    await world.ask(`${API}/tree/${SHA}`);
    await forget();
    world.sources[0]!.reply = unavailable;
    expect((await world.ask(`${API}/tree/${SHA}`)).status).toBe(503);
  });

  it('but not when another repository is evicted', async () => {
    await world.ask(`${API}/tree/${SHA}`);
    await world.hub.app.get(FallbackCacheService).evict({ type: 'model', namespace: 'o', name: 'r2' });
    await world.ask(`${API}/tree/${SHA}`);
    expect(asked(world)).toHaveLength(1);
  });
});
