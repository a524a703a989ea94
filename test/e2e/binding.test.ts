import { FallbackCacheService } from '../../src/fallback/cache/fallback-cache.service.js';
import { after as answerAfter, bytes, hang, json, redirect } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { hubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const SHA = 'a'.repeat(40);
const missing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
const info = json(200, { id: 'o/r', sha: SHA });
const down = json(503, { error: 'down for maintenance' });

let world: HubWithSources;
let repos = 0;
let repo: string;
const api = (): string => `/api/models/o/${repo}`;
const asked = (source: number): string[] =>
  world.sources[source]!.requests.map(({ method, url }) => `${method} ${url}`);
const answerWith = (...replies: Responder[]): void =>
  replies.forEach((reply, n) => void (world.sources[n]!.reply = reply));

/** Resolves when so many askers have found no binding since the test began. */
async function allHaveLookedUp(count: number): Promise<void> {
  const cache = world.hub.app.get(FallbackCacheService);
  while ((await cache.stats()).misses < missesBefore + count) await new Promise((resolve) => setImmediate(resolve));
}

let missesBefore = 0;

beforeAll(async () => {
  world = await hubWithSources([missing, missing], {
    facts: [{}, { token: 'hf_token-of-source-b' }],
    env: { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'acme,acme-*', KOHAKU_HUB_FALLBACK_HEDGE_MS: '50' },
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  repo = `r${++repos}`;
  answerWith(info, info); // ends a series of failures that a breaker may be counting
  await world.ask('/api/models/o/calm');
  await world.hub.app.get(FallbackCacheService).clear();
  world.sources.forEach((source) => source.forget());
  missesBefore = (await world.hub.app.get(FallbackCacheService).stats()).misses;
});

describe('a repository belongs to one source', () => {
  it('keeps to the source that served first, though an earlier one has it now', async () => {
    answerWith(missing, info);
    expect((await world.ask(api())).json()).toMatchObject({
      id: 'o/r',
      _source: 'B',
      _source_url: world.sources[1]!.url,
    });
    answerWith(info, info);
    for (const path of ['', '/revision/main', '/refs'])
      expect((await world.ask(`${api()}${path}`)).headers['x-source']).toBe('B');
    expect(asked(0)).toEqual([`GET ${api()}`]);
  });

  it('shows the failure of the bound source instead of another source’s repository', async () => {
    await world.ask(api());
    answerWith(down, info);
    expect((await world.ask(api())).status).toBe(503);
    expect(asked(1)).toEqual([]);
  });

  it('is searched again after the administrator has cleared the cache or evicted it', async () => {
    answerWith(missing, info);
    await world.ask(api());
    answerWith(info, info);
    await world.hub.app.get(FallbackCacheService).evict({ type: 'model', namespace: 'o', name: repo });
    expect((await world.ask(api())).headers['x-source']).toBe('A');
  });

  it('is searched once by a hundred who ask at the same time', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    answerWith(missing, answerAfter(gate, info));
    const crowd = Array.from({ length: 100 }, () => world.ask(api()));
    await allHaveLookedUp(100);
    open();
    expect(new Set((await Promise.all(crowd)).map(({ status }) => status))).toEqual(new Set([200]));
    expect([asked(0).length, asked(1).length]).toEqual([1, 1]);
  });

  it('is searched once by many who ask different things', async () => {
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    answerWith(answerAfter(gate, missing), info);
    const crowd = ['', '/revision/main', '/refs', '', '/revision/v1'].map((path) => world.ask(`${api()}${path}`));
    await allHaveLookedUp(5);
    open();
    expect((await Promise.all(crowd)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(asked(0).length).toBe(1);
  });

  it('that no source has is not asked for again within the negative TTL', async () => {
    answerWith(missing, missing);
    for (let n = 0; n < 3; n++)
      expect((await world.ask(`${api()}/tree/main`)).headers['x-error-code']).toBe('RepoNotFound');
    expect([asked(0).length, asked(1).length]).toEqual([1, 1]);
  });

  it('does not take a captive portal for a repository, and binds to nobody for it', async () => {
    answerWith(bytes(200, '<html>Sign in</html>', { 'content-type': 'text/html' }), info);
    expect((await world.ask(api())).headers['x-source']).toBe('B');
    expect((await world.ask(`/o/${repo}x/resolve/main/a`)).headers['x-source']).toBeUndefined();
  });
});

describe('questions that stay in the hub', () => {
  it.each(['fallback=false', 'fallback=0', 'fallback=no', 'fallback=OFF'])('?%s: local only', async (query) => {
    const told = await world.ask(`${api()}?${query}`);
    expect({ status: told.status, code: told.headers['x-error-code'] }).toEqual({ status: 404, code: 'RepoNotFound' });
    expect([...asked(0), ...asked(1)]).toEqual([]);
  });

  it.each(['/api/models/acme/secret', '/api/datasets/ACME-research/x/tree/main', '/acme/secret/resolve/main/a'])(
    '%s: reserved',
    async (path) => {
      expect((await world.ask(path)).headers['x-error-code']).toBe('RepoNotFound');
      expect([...asked(0), ...asked(1)]).toEqual([]);
    },
  );

  it('a request that has come through this hub, or through more than five, asks nobody', async () => {
    const own = `1.1 hubfall-${world.hub.config.instanceId}`;
    for (const via of [own, `1.1 proxy, ${own}`, Array(6).fill('1.1 hubfall-00000000').join(', ')])
      expect((await world.ask(api(), { headers: { via } })).status).toBe(404);
    expect([...asked(0), ...asked(1)]).toEqual([]);
  });
});

describe('what a source is told', () => {
  it('is who asks it and through which hubs, and nothing of the client', async () => {
    const headers = {
      via: '1.1 hubfall-0123abcd, 1.1 private-proxy',
      cookie: 'a=b',
      'x-secret': 's',
      referer: 'http://intranet/',
    };
    await world.ask(`${api()}?blobs=true&token=t&x=hf_abcdefghijkl&expand[]=sha`, { headers });
    const [seen] = world.sources[0]!.requests;
    expect(seen!.url).toBe(`${api()}?blobs=true&expand%5B%5D=sha`);
    expect(seen!.headers).toEqual({
      ...{ host: `127.0.0.1:${world.sources[0]!.port}`, connection: 'keep-alive', 'accept-encoding': 'identity' },
      'user-agent': `hubfall/${world.hub.config.version}`,
      via: `1.1 hubfall-0123abcd, 1.1 hubfall-${world.hub.config.instanceId}`,
    });
  });

  it('with its own token; the next page is asked with it too, at our address', async () => {
    const upstream = world.sources[1]!;
    const page = (response: Parameters<Responder>[0], request: Parameters<Responder>[1]): unknown =>
      json(200, [{ type: 'file', path: 'a', oid: 'x', size: 1, xetHash: 'h' }], {
        ...(request.url.includes('cursor')
          ? {}
          : { link: `<${upstream.url}${api()}/tree/main?recursive=true&cursor=c%3D%3D>; rel="next"` }),
      })(response, request);
    answerWith(missing, page);
    const first = await world.ask(`${api()}/tree/main?recursive=true`);
    expect(first.json()).toEqual([{ type: 'file', path: 'a', oid: 'x', size: 1 }]);
    expect(first.headers['link']).toBe(
      `<${world.hub.url}${api()}/tree/main?recursive=true&cursor=c%3D%3D>; rel="next"`,
    );
    const next = /<(.*)>/.exec(first.headers['link']!)![1]!.slice(world.hub.url.length);
    expect((await world.ask(next)).headers['link']).toBeUndefined();
    expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill('Bearer hf_token-of-source-b'),
    );
  });

  it('a rename is followed at the source, and answered under the asked name', async () => {
    answerWith((response, request) =>
      request.url === '/api/models/gpt2'
        ? redirect(307, '/api/models/openai-community/gpt2')(response, request)
        : json(200, { id: 'openai-community/gpt2', sha: SHA })(response, request),
    );
    const told = await world.ask('/api/models/gpt2');
    expect({ status: told.status, body: told.json() }).toMatchObject({
      status: 200,
      body: { id: 'openai-community/gpt2', _source: 'A' },
    });
  });

  it('paths-info as a form, whether the client sent a form or JSON; nothing found is a fine answer', async () => {
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
      expect((await world.ask(`${api()}/paths-info/refs%2Fpr%2F1`, options)).json()).toEqual([]);
    expect(world.sources[0]!.requests.map(({ url, body }) => `${url} ${body.toString()}`)).toEqual(
      Array(2).fill(`${api()}/paths-info/refs%2Fpr%2F1 paths=a%20b&paths=c&expand=true`),
    );
  });
});

describe('a source that is in trouble', () => {
  it('hanging: the next one answers meanwhile, and is not kept waiting once the breaker is open', async () => {
    answerWith(hang(), info);
    for (let n = 0; n < 6; n++) expect((await world.ask(`${api()}-${n}`)).headers['x-source']).toBe('B');
    expect(asked(0).length).toBe(5);
    const health = await world.ask('/admin/api/fallback-sources/health', {
      headers: { 'x-admin-token': world.hub.adminToken },
    });
    expect(health.json()).toMatchObject([
      { name: 'A', breaker: 'open' },
      { name: 'B', breaker: 'closed' },
    ]);
  });

  it('tells an administrator, and nobody else, which sources were asked', async () => {
    answerWith(missing, info);
    const headers = { 'x-fallback-trace': '1' };
    expect((await world.ask(api(), { headers })).headers['x-fallback-trace']).toBeUndefined();
    await world.hub.app.get(FallbackCacheService).clear();
    const told = await world.ask(api(), { headers: { ...headers, 'x-admin-token': world.hub.adminToken } });
    const trace = JSON.parse(Buffer.from(told.headers['x-fallback-trace']!, 'base64').toString()) as {
      source: string;
      decision: string;
    }[];
    expect(trace.at(-1)).toMatchObject({ source: 'B', method: 'GET', path: api(), status: 200, decision: 'serve' });
  });
});
