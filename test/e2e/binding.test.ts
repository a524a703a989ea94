import { FallbackCacheService } from '../../src/fallback/cache/fallback-cache.service.js';
import { INSTANCE_ID } from '../../src/platform/identity/instance-id.js';
import { eventually } from '../support/eventually.js';
import { afterGate as replyAfter, bytes, hang, json, redirect } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { startHubWithSources, useHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const SHA = 'a'.repeat(40);
const missing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
/** A reply that repositories and their references can have. */
const info = json(200, { id: 'o/r', sha: SHA, branches: [] });
const down = json(503, { error: 'down for maintenance' });

let world: HubWithSources;
const start = useHubWithSources();
let repos = 0;
let repo: string;
const api = (): string => `/api/models/o/${repo}`;
/** The requests that a source received, without the checks of its token. */
const requestsTo = (source: number): string[] =>
  world.sources[source]!.requests.filter(({ url }) => url !== '/api/whoami-v2').map(
    ({ method, url }) => `${method} ${url}`,
  );
const answerWith = (...replies: Responder[]): void =>
  replies.forEach((reply, n) => void (world.sources[n]!.reply = reply));

/** Resolves when this many requests have found no binding since the test started. */
async function waitForCacheMisses(count: number): Promise<void> {
  const cache = world.hub.app.get(FallbackCacheService);
  while ((await cache.stats()).misses < missesBefore + count) await new Promise((resolve) => setImmediate(resolve));
}

let missesBefore = 0;

beforeAll(async () => {
  world = await startHubWithSources([missing, missing], {
    facts: [{}, { token: 'hf_token-of-source-b' }],
    env: { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'acme,acme-*', KOHAKU_HUB_FALLBACK_HEDGE_MS: '0' },
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  repo = `r${++repos}`;
  answerWith(info, info); // resets the failure counts of the circuit breakers
  await world.sendRequest('/api/models/o/reset');
  await world.hub.app.get(FallbackCacheService).clear();
  world.sources.forEach((source) => source.forget());
  missesBefore = (await world.hub.app.get(FallbackCacheService).stats()).misses;
});

describe('a bound repository', () => {
  it('stays with the source that served it first, even if an earlier source has it now', async () => {
    answerWith(missing, info);
    expect((await world.sendRequest(api())).json()).toMatchObject({
      id: 'o/r',
      _source: 'B',
      _source_url: world.sources[1]!.url,
    });
    answerWith(info, info);
    for (const path of ['', '/revision/main', '/refs'])
      expect((await world.sendRequest(`${api()}${path}`)).headers['x-source']).toBe('B');
    expect(requestsTo(0)).toEqual([`GET ${api()}`]);
  });

  it('returns the failure of its source instead of another source’s repository', async () => {
    await world.sendRequest(api());
    answerWith(down, info);
    expect((await world.sendRequest(api())).status).toBe(503);
    expect(requestsTo(1)).toEqual([]);
  });

  it('is looked up again after its eviction', async () => {
    answerWith(missing, info);
    await world.sendRequest(api());
    answerWith(info, info);
    await world.hub.app.get(FallbackCacheService).evict({ type: 'model', namespace: 'o', name: repo });
    expect((await world.sendRequest(api())).headers['x-source']).toBe('A');
  });

  it('is looked up once for 100 concurrent requests', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    answerWith(missing, replyAfter(gate, info));
    const requests = Array.from({ length: 100 }, () => world.sendRequest(api()));
    await waitForCacheMisses(100);
    open();
    expect(new Set((await Promise.all(requests)).map(({ status }) => status))).toEqual(new Set([200]));
    expect([requestsTo(0).length, requestsTo(1).length]).toEqual([1, 1]);
  });

  it('is looked up once for concurrent requests of different operations', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    answerWith(replyAfter(gate, missing), info);
    const requests = ['', '/revision/main', '/refs', '', '/revision/v1'].map((path) =>
      world.sendRequest(`${api()}${path}`),
    );
    await waitForCacheMisses(5);
    open();
    expect((await Promise.all(requests)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(requestsTo(0).length).toBe(1);
  });

  it('is not looked up again within the negative TTL if no source has it', async () => {
    answerWith(missing, missing);
    for (let n = 0; n < 3; n++)
      expect((await world.sendRequest(`${api()}/tree/main`)).headers['x-error-code']).toBe('RepoNotFound');
    expect([requestsTo(0).length, requestsTo(1).length]).toEqual([1, 1]);
  });

  it('is not bound to a source that serves a login page', async () => {
    answerWith(bytes(200, '<html>Sign in</html>', { 'content-type': 'text/html' }), info);
    expect((await world.sendRequest(api())).headers['x-source']).toBe('B');
    expect((await world.sendRequest(`/o/${repo}x/resolve/main/a`)).headers['x-source']).toBeUndefined();
  });
});

describe('requests that are never sent to sources', () => {
  it.each(['fallback=false', 'fallback=0', 'fallback=no', 'fallback=OFF'])('?%s', async (query) => {
    const reply = await world.sendRequest(`${api()}?${query}`);
    expect({ status: reply.status, code: reply.headers['x-error-code'] }).toEqual({
      status: 404,
      code: 'RepoNotFound',
    });
    expect([...requestsTo(0), ...requestsTo(1)]).toEqual([]);
  });

  it.each(['/api/models/acme/secret', '/api/datasets/ACME-research/x/tree/main', '/acme/secret/resolve/main/a'])(
    '%s: a reserved namespace',
    async (path) => {
      expect((await world.sendRequest(path)).headers['x-error-code']).toBe('RepoNotFound');
      expect([...requestsTo(0), ...requestsTo(1)]).toEqual([]);
    },
  );

  it('requests that passed this hub before, or more than five hubs', async () => {
    const own = `1.1 hubfall-${world.hub.app.get<string>(INSTANCE_ID)}`;
    for (const via of [own, `1.1 proxy, ${own}`, Array(6).fill('1.1 hubfall-00000000').join(', ')])
      expect((await world.sendRequest(api(), { headers: { via } })).status).toBe(404);
    expect([...requestsTo(0), ...requestsTo(1)]).toEqual([]);
  });
});

describe('a request to a source', () => {
  it('identifies the hub and the hubs before it, and includes nothing from the client', async () => {
    const headers = {
      via: '1.1 hubfall-0123abcd, 1.1 private-proxy',
      cookie: 'a=b',
      'x-secret': 's',
      referer: 'http://intranet/',
    };
    await world.sendRequest(`${api()}?blobs=true&token=t&x=hf_abcdefghijkl&expand[]=sha`, { headers });
    const [request] = world.sources[0]!.requests;
    expect(request!.url).toBe(`${api()}?blobs=true&expand%5B%5D=sha`);
    expect(request!.headers).toEqual({
      host: `127.0.0.1:${world.sources[0]!.port}`,
      connection: 'keep-alive',
      'accept-encoding': 'identity',
      'user-agent': `hubfall/${world.hub.config.version}`,
      via: `1.1 hubfall-0123abcd, 1.1 hubfall-${world.hub.app.get<string>(INSTANCE_ID)}`,
    });
  });

  it('includes the source’s token, also for the next page, whose link points to the hub', async () => {
    const upstream = world.sources[1]!;
    const page = (response: Parameters<Responder>[0], request: Parameters<Responder>[1]): unknown =>
      json(200, [{ type: 'file', path: 'a', oid: SHA, size: 1, xetHash: 'h' }], {
        ...(request.url.includes('cursor')
          ? {}
          : { link: `<${upstream.url}${api()}/tree/main?recursive=true&cursor=c%3D%3D>; rel="next"` }),
      })(response, request);
    answerWith(missing, page);
    const first = await world.sendRequest(`${api()}/tree/main?recursive=true`);
    expect(first.json()).toEqual([{ type: 'file', path: 'a', oid: SHA, size: 1 }]);
    expect(first.headers['link']).toBe(
      `<${world.hub.url}${api()}/tree/main?recursive=true&cursor=c%3D%3D>; rel="next"`,
    );
    const next = /<(.*)>/.exec(first.headers['link']!)![1]!.slice(world.hub.url.length);
    expect((await world.sendRequest(next)).headers['link']).toBeUndefined();
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill('Bearer hf_token-of-source-b'),
    );
  });

  it('follows a rename at the source', async () => {
    answerWith((response, request) =>
      request.url === '/api/models/gpt2'
        ? redirect(307, '/api/models/openai-community/gpt2')(response, request)
        : json(200, { id: 'openai-community/gpt2', sha: SHA })(response, request),
    );
    const reply = await world.sendRequest('/api/models/gpt2');
    expect({ status: reply.status, body: reply.json() }).toMatchObject({
      status: 200,
      body: { id: 'openai-community/gpt2', _source: 'A' },
    });
  });

  it('sends paths-info as a form, whether the client sent a form or JSON', async () => {
    answerWith(json(200, []));
    const form = {
      method: 'POST' as const,
      body: 'paths=a%20b&paths=c&expand=True',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
    const asJson = {
      method: 'POST' as const,
      body: '{"paths":["a b","c"],"expand":true}',
      headers: { 'content-type': 'application/json' },
    };
    for (const options of [form, asJson])
      expect((await world.sendRequest(`${api()}/paths-info/refs%2Fpr%2F1`, options)).json()).toEqual([]);
    expect(world.sources[0]!.requests.map(({ url, body }) => `${url} ${body.toString()}`)).toEqual(
      Array(2).fill(`${api()}/paths-info/refs%2Fpr%2F1 paths=a%20b&paths=c&expand=true`),
    );
  });
});

describe('a failing source', () => {
  it('is hedged by the next one if it hangs, and skipped once its breaker is open', async () => {
    const hedged = await start([hang(), info], { env: { KOHAKU_HUB_FALLBACK_HEDGE_MS: '50' } });
    for (let n = 0; n < 5; n++) expect((await hedged.sendRequest(`/api/models/o/r${n}`)).headers['x-source']).toBe('B');
    // the source is tested with the harmless probe, which it does not answer either
    await eventually(async () => {
      const health = await hedged.sendRequest('/admin/api/fallback-sources/health', {
        headers: { 'x-admin-token': hedged.hub.adminToken },
      });
      return (health.json() as { breaker: string }[]).map(({ breaker }) => breaker).join() === 'open,closed';
    });
    hedged.sources[0]!.forget();
    expect((await hedged.sendRequest('/api/models/o/r5')).headers['x-source']).toBe('B');
    expect(hedged.sources[0]!.requests).toEqual([]);
  });

  it('appears in X-Fallback-Trace for administrators only', async () => {
    answerWith(missing, info);
    const headers = { 'x-fallback-trace': '1' };
    expect((await world.sendRequest(api(), { headers })).headers['x-fallback-trace']).toBeUndefined();
    await world.hub.app.get(FallbackCacheService).clear();
    const reply = await world.sendRequest(api(), { headers: { ...headers, 'x-admin-token': world.hub.adminToken } });
    const trace = JSON.parse(Buffer.from(reply.headers['x-fallback-trace']!, 'base64').toString()) as {
      source: string;
      decision: string;
    }[];
    expect(trace.at(-1)).toMatchObject({ source: 'B', method: 'GET', path: api(), status: 200, decision: 'serve' });
  });
});
