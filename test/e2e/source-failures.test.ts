import { adminClient } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { bytes, hang, json, redirect, reset, text } from '../support/fake-replies.js';
import { FakeUpstream, type RecordedRequest, type Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

let world: HubWithSources;
let source: FakeUpstream;

beforeAll(async () => {
  const env = {
    KOHAKU_HUB_FALLBACK_SOURCES: '[]',
    KOHAKU_HUB_FALLBACK_TIMEOUT: '1',
    KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
  };
  world = await startHubWithSources([json(200, {})], { env });
});
afterAll(() => world.close());
beforeEach(async () => {
  source = await FakeUpstream.start();
  const setting = { name: 'A', url: source.url, source_type: 'huggingface' };
  await adminClient(world.hub)('PUT', '/fallback/sources-bulk-replace', { sources: [setting] });
});
afterEach(() => source.close());

const COMMIT = 'a'.repeat(40);
const file = bytes(200, '{}', { 'x-repo-commit': COMMIT, etag: '"e"', 'content-type': 'application/json' });
const isProbe = ({ url }: RecordedRequest): boolean => url === '/api/models?limit=1';
const isFile = ({ url }: RecordedRequest): boolean => url.includes('/resolve/');

/** A source whose repositories `o/broken…` fail, and that serves all others. */
const withBroken =
  (broken: Responder): Responder =>
  (response, request) => {
    if (request.url.includes('/o/broken')) return broken(response, request);
    if (isFile(request)) return file(response, request);
    const reply = request.url.includes('/tree/') ? json(200, []) : json(200, { id: 'o/r', sha: COMMIT });
    return reply(response, request);
  };

const breaker = async (): Promise<unknown> =>
  ((await adminClient(world.hub)('GET', '/fallback-sources/health')).body as { breaker: string }[])[0]!.breaker;
const statusOf = async (path: string, method: 'GET' | 'HEAD' = 'GET'): Promise<number> =>
  (await world.sendRequest(path, { method })).status;

describe('failures of one repository', () => {
  const PATHS = [
    ['GET', (repo: string) => `/api/models/${repo}`],
    ['GET', (repo: string) => `/api/models/${repo}/tree/main`],
    ['HEAD', (repo: string) => `/${repo}/resolve/main/config.json`],
    ['GET', (repo: string) => `/${repo}/resolve/main/config.json`],
  ] as const;

  it.each<[string, Responder, number]>([
    ['HTTP 500', text(500, 'broken'), 502],
    ['HTTP 502', text(502, 'broken'), 502],
    ['HTTP 503', text(503, 'broken'), 503],
    ['HTTP 504', text(504, 'broken'), 504],
    ['a timeout', hang(), 504],
    ['a closed connection', reset(), 502],
  ])('with %s do not affect another user', async (_, broken, status) => {
    source.reply = withBroken(broken);
    for (let n = 0; n < 8; n++) {
      const [method, path] = PATHS[n % PATHS.length]!;
      expect(await statusOf(path('o/broken'), method)).toBe(status);
      expect(await statusOf(path(`o/r${n % 2}`), method)).toBeLessThan(400);
    }
    for (let n = 0; n < 4; n++) expect(await statusOf(PATHS[0][1]('o/broken'))).toBe(status);
    for (const [method, path] of PATHS) expect(await statusOf(path('o/r0'), method)).toBeLessThan(400);
    expect(await breaker()).toBe('closed');
  });

  it.each([
    [500, 502],
    [502, 502],
    [503, 503],
    [504, 504],
  ])(
    'in many repositories with HTTP %d do not affect a source that answers the harmless probe',
    async (broken, seen) => {
      source.reply = withBroken(text(broken, 'broken'));
      for (let n = 0; n < 12; n++) expect(await statusOf(`/api/models/o/broken-${n}`)).toBe(seen);
      expect([await statusOf('/api/models/o/r'), await breaker()]).toEqual([200, 'closed']);
    },
  );
});

describe('failures of the whole source', () => {
  const info = (repo: string): Promise<number> => statusOf(`/api/models/${repo}`);

  it('open the breaker if nothing is listening, even for requests of one repository', async () => {
    await source.close();
    for (let n = 0; n < 5; n++) expect(await info('o/r')).toBe(502);
    expect([await info('o/other'), await breaker()]).toEqual([503, 'open']);
  });

  it('open the breaker if the gateway reports errors for three repositories, and for the harmless probe', async () => {
    source.reply = text(503, 'maintenance');
    for (const repo of ['a', 'b', 'a', 'b', 'a', 'b']) await info(`o/${repo}`);
    expect([await breaker(), source.requests.some(isProbe)]).toEqual(['closed', false]);
    await info('o/c');
    await eventually(async () => (await breaker()) === 'open');
    source.forget();
    const refused = await world.sendRequest('/api/models/o/d');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(10);
    expect([source.requests, await breaker()]).toEqual([[], 'open']);
  });

  it('open the breaker if requests for several repositories and the harmless probe fail', async () => {
    source.reply = text(500, 'broken');
    for (let n = 0; n < 5; n++) await info(`o/r${n}`);
    await source.waitFor(6);
    expect(source.requests.at(-1)).toMatchObject({ method: 'GET', url: '/api/models?limit=1' });
    await eventually(async () => (await breaker()) === 'open');
    expect((await adminClient(world.hub)('GET', '/fallback-sources/health')).body).toMatchObject([
      { breaker: 'open', retry_at: expect.any(String), holds: [] },
    ]);
  });
});

describe('failures of the storage that a source redirects to', () => {
  it.each<[string, Responder]>([
    ['responds with HTTP 503', text(503, 'broken')],
    ['closes connections', reset()],
    ['does not respond', hang()],
  ])('do not count for the source with delivery "proxy": it %s', async (_, broken) => {
    const storage = await FakeUpstream.start(broken);
    const setting = { name: 'A', url: source.url, source_type: 'huggingface', delivery: 'proxy', timeout_seconds: 1 };
    await adminClient(world.hub)('PUT', '/fallback/sources-bulk-replace', { sources: [setting] });
    const headers = { 'x-repo-commit': COMMIT, 'x-linked-etag': '"e"', 'x-linked-size': '9' };
    const toStorage = redirect(302, storage.url.replace('127.0.0.1', 'localhost'), headers);
    source.reply = (response, request) =>
      (isFile(request) ? toStorage : json(200, { id: 'o/r', sha: COMMIT }))(response, request);
    const statuses = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((repo) => statusOf(`/o/${repo}/resolve/main/big.bin`)),
    );
    expect(statuses.filter((status) => status < 500)).toEqual([]);
    expect(storage.requests).toHaveLength(6);
    expect(await statusOf('/api/models/o/r')).toBe(200);
    const { body } = await adminClient(world.hub)('GET', '/fallback-sources/health');
    expect(body).toMatchObject([{ breaker: 'closed', failures: 0, last_error: null }]);
    await storage.close();
  });
});
