import { jest } from '@jest/globals';
import type { Operation } from '../../../src/domain/operation.js';
import { OPERATIONS } from '../../support/chain-scenarios.js';
import { afterGate, bytes, hang, html, inSequence, json, redirect, text } from '../../support/fake-replies.js';
import type { Responder } from '../../support/fake-upstream.js';
import { FallbackFixture } from '../../support/fallback-fixture.js';

let fixture: FallbackFixture;
const open = async (fallback = {}): Promise<void> => {
  await fixture?.close();
  fixture = await FallbackFixture.open(fallback);
};
beforeEach(() => open());
afterEach(() => fixture.close());
afterEach(() => jest.restoreAllMocks());

const COMMIT = 'c'.repeat(40);
const member = { accountId: '7', name: 'm' };
const hasRepo = json(200, { id: 'o/r' });
const repoMissing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
const entryMissing = text(404, 'Entry not found', { 'x-error-code': 'EntryNotFound', 'x-repo-commit': COMMIT });
const broken = text(500, 'oops');
const fileHead: Responder = bytes(200, 'abc', { 'x-repo-commit': COMMIT, etag: '"e"' });
const key = 'fallback:repo:model:o/r';
const { tree, resolveHead, resolveGet } = OPERATIONS as Record<'tree' | 'resolveHead' | 'resolveGet', Operation>;
const fileNamed = (name: string): Operation => ({ ...resolveHead, path: [name] }) as Operation;

/** A promise that the test resolves with `open`. */
function gate(): { open: () => void; opened: Promise<void> } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('the chain', () => {
  it('is resolved by the first source that has the repository', async () => {
    await fixture.add(repoMissing);
    await fixture.add(hasRepo);
    const third = await fixture.add(hasRepo);
    expect(await fixture.resolve()).toEqual({ from: 'S2', status: 200, json: { id: 'o/r' } });
    expect(third.requests).toHaveLength(0);
    expect(fixture.attempts.map(({ source, verdict }) => [source.name, verdict])).toEqual([
      ['S1', 'next'],
      ['S2', 'serve'],
    ]);
  });

  it.each<[string, object, object]>([
    ['there is no source', {}, {}],
    ['fallback=false', {}, { parameter: 'false' }],
    ['fallback is off', { enabled: false }, {}],
    ['sign-in is required', { requireAuth: true }, {}],
    ['the namespace is reserved', { reservedNamespaces: ['O'] }, {}],
    ['the request has passed too many hubs', {}, { via: Array(6).fill('1.1 hubfall-0123456789ab') }],
  ])('sends no requests if %s', async (reason, fallback, request) => {
    await open(fallback);
    const upstream = reason === 'there is no source' ? undefined : await fixture.add(hasRepo);
    expect(await fixture.resolve(request)).toBeUndefined();
    expect(upstream?.requests ?? []).toEqual([]);
  });

  it('sends the Via header along, so that loops can be detected', async () => {
    const upstream = await fixture.add(hasRepo);
    await fixture.resolve({ via: ['1.1 hubfall-0123456789ab'] });
    expect(upstream.requests[0]!.headers.via).toMatch(/^1\.1 hubfall-0123456789ab, 1\.1 hubfall-[0-9a-f]{12}$/);
  });

  it('is aborted at the deadline, and so are its requests', async () => {
    await open({ deadlineMs: 80 });
    const [first, second] = [await fixture.add(hang()), await fixture.add(hang())];
    expect(await fixture.resolve()).toEqual({ code: 'UpstreamTimeout' });
    expect(await first.requests[0]!.ended).toBe('disconnected');
    expect(second.requests).toHaveLength(0);
  });

  it('hedges past a silent source, which counts as a timeout', async () => {
    await open({ hedgeMs: 20 });
    const silent = await fixture.add(hang());
    await fixture.add(hasRepo);
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect(await silent.requests[0]!.ended).toBe('disconnected');
    expect(fixture.attempts[0]).toMatchObject({ category: 'timeout' });
  });
});

describe('a binding', () => {
  it('is used for all operations on the repository, even if an earlier source has it now', async () => {
    const first = await fixture.add(repoMissing);
    await fixture.add((response, request) =>
      (request.url.includes('/tree/') ? json(200, []) : request.url.includes('/resolve/') ? fileHead : hasRepo)(
        response,
        request,
      ),
    );
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    first.reply = hasRepo;
    first.forget();
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect(await fixture.resolve({ operation: tree })).toMatchObject({ from: 'S2', json: [] });
    expect(await fixture.resolve({ operation: resolveHead })).toMatchObject({ from: 'S2' });
    expect(await fixture.resolve({ operation: resolveGet })).toMatchObject({ from: 'S2' });
    expect(first.requests).toEqual([]);
  });

  it.each<[string, Responder, string]>([
    ['500', broken, 'UpstreamFailed'],
    ['503', text(503, ''), 'UpstreamUnavailable'],
    ['429', text(429, '', { 'retry-after': '9' }), 'RateLimited'],
    ['a captive portal', html(), 'UpstreamFailed'],
    ['404', repoMissing, 'RepoNotFound'],
    ['a gated repository', text(403, '', { 'x-error-code': 'GatedRepo' }), 'GatedRepo'],
  ])("returns its source's failure: %s", async (_, failure, code) => {
    const first = await fixture.add(hasRepo);
    const second = await fixture.add(hasRepo);
    await fixture.resolve();
    first.reply = failure;
    expect(await fixture.resolve()).toEqual({ code });
    expect(second.requests).toHaveLength(0);
  });

  it('is created for a source that has the repository but not the file', async () => {
    const [first, second] = [await fixture.add(entryMissing), await fixture.add(fileHead)];
    const error = await fixture.resolver
      .resolve(fixture.buildRequest({ operation: resolveHead }))
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'EntryNotFound', facts: { commit: COMMIT, source: { name: 'S1' } } });
    expect((await fixture.cache.peek(key)).binding).toEqual({ sourceKey: 'db:1' });
    first.reply = hasRepo;
    expect(await fixture.resolve()).toMatchObject({ from: 'S1' });
    expect(second.requests).toEqual([]);
  });

  it('is dropped if its source is removed', async () => {
    await fixture.add(hasRepo);
    await fixture.add(hasRepo);
    await fixture.resolve();
    fixture.sources.shift();
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect((await fixture.cache.peek(key)).binding).toEqual({ sourceKey: 'db:2' });
  });

  it('is separate for signed-in and anonymous callers if a source requires sign-in', async () => {
    await fixture.add(hasRepo, { requireAuth: true });
    await fixture.add(hasRepo);
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect(await fixture.resolve({ caller: member })).toMatchObject({ from: 'S1' });
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect((await fixture.cache.peek(key)).binding).toBeUndefined();
    expect((await fixture.cache.peek(`${key}:anon`)).binding).toEqual({ sourceKey: 'db:2' });
    expect((await fixture.cache.peek(`${key}:user`)).binding).toEqual({ sourceKey: 'db:1' });
  });

  it('is counted as a hit or a miss', async () => {
    await fixture.add(hasRepo);
    for (let n = 0; n < 4; n++) await fixture.resolve();
    expect(await fixture.cache.stats()).toMatchObject({ size: 1, hits: 3, misses: 1, hit_rate: 0.75 });
  });
});

describe('the TTL of a binding', () => {
  /** Sets the clock to this many seconds after the start of the test. */
  const at = (seconds: number): void => {
    jest.advanceTimersByTime((seconds - elapsed) * 1000);
    elapsed = seconds;
  };
  let elapsed: number;
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: [
        'hrtime',
        'nextTick',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
    jest.advanceTimersByTime(1_000); // lru-cache treats a start time of 0 as none
    elapsed = 0;
  });
  afterEach(() => jest.useRealTimers());

  it('is configurable', async () => {
    await fixture.add(hasRepo);
    await fixture.resolve();
    at(299);
    expect((await fixture.cache.peek(key)).binding).toEqual({ sourceKey: 'db:1' });
    at(301);
    expect((await fixture.cache.peek(key)).binding).toBeUndefined();
  });

  it('is 30 seconds if an earlier source failed', async () => {
    const first = await fixture.add(broken);
    await fixture.add(hasRepo);
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    first.reply = hasRepo;
    at(29);
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    at(31);
    expect(await fixture.resolve()).toMatchObject({ from: 'S1' });
  });

  it('is never longer after a failure of an earlier source than otherwise', async () => {
    await open({ cacheTtlSeconds: 10 });
    await fixture.add(broken);
    await fixture.add(hasRepo);
    await fixture.resolve();
    at(11);
    expect((await fixture.cache.peek(key)).binding).toBeUndefined();
  });
});

describe('an eviction during a request', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['clearing the cache', () => fixture.cache.clear()],
    ['evicting the repository', () => fixture.cache.evict(OPERATIONS['info']!.repo)],
  ])('by %s prevents caching of the result, positive or negative', async (_, change) => {
    for (const reply of [hasRepo, repoMissing]) {
      const { open: respond, opened } = gate();
      await open();
      const upstream = await fixture.add(afterGate(opened, reply));
      const results = fixture.resolve();
      await upstream.waitFor(1);
      await change();
      respond();
      await results;
      expect(await fixture.cache.stats()).toMatchObject({ size: 0, negative_size: 0 });
    }
  });

  it('makes the next request look the repository up again', async () => {
    const upstream = await fixture.add(hasRepo);
    await fixture.resolve();
    expect(await fixture.cache.evict(OPERATIONS['info']!.repo)).toBe(1);
    upstream.reply = repoMissing;
    expect(await fixture.resolve()).toEqual({ code: 'RepoNotFound' });
  });
});

describe('a negative cache entry', () => {
  it('is used for all operations on the repository', async () => {
    const upstream = await fixture.add(repoMissing);
    expect(await fixture.resolve()).toEqual({ code: 'RepoNotFound' });
    upstream.reply = hasRepo;
    expect(await fixture.resolve()).toEqual({ code: 'RepoNotFound' });
    expect(await fixture.resolve({ operation: tree })).toEqual({ code: 'RepoNotFound' });
    expect(upstream.requests).toHaveLength(1);
    expect(await fixture.cache.stats()).toMatchObject({ size: 0, negative_size: 1 });
  });

  it('for a file is used for that file only', async () => {
    const upstream = await fixture.add(bytes(404, 'no such page'));
    expect(await fixture.resolve({ operation: fileNamed('a') })).toEqual({ code: 'EntryNotFound' });
    expect(await fixture.resolve({ operation: fileNamed('a') })).toEqual({ code: 'EntryNotFound' });
    expect(upstream.requests).toHaveLength(1);
    upstream.reply = fileHead;
    expect(await fixture.resolve({ operation: fileNamed('b') })).toMatchObject({ from: 'S1' });
  });

  it('expires after its TTL', async () => {
    const upstream = await fixture.add(repoMissing);
    await fixture.resolve();
    const then = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => then + 16_000);
    await new Promise((resolve) => setImmediate(resolve));
    upstream.reply = hasRepo;
    expect(await fixture.resolve()).toMatchObject({ from: 'S1' });
  });

  it('is not stored if its TTL is 0', async () => {
    await open({ negativeTtlSeconds: 0 });
    const upstream = await fixture.add(repoMissing);
    await fixture.resolve();
    upstream.reply = hasRepo;
    expect(await fixture.resolve()).toMatchObject({ from: 'S1' });
  });

  it.each<[string, Responder, string]>([
    ['a server error', broken, 'UpstreamFailed'],
    ['a rate limit', text(429, ''), 'RateLimited'],
    ['a gated repository', text(403, '', { 'x-error-code': 'GatedRepo' }), 'GatedRepo'],
  ])('is not created for %s', async (_, reply, code) => {
    const upstream = await fixture.add(repoMissing);
    const other = await fixture.add(reply);
    expect(await fixture.resolve()).toEqual({ code });
    other.reply = hasRepo;
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect(upstream.requests).toHaveLength(2);
  });

  it('for anonymous callers is not used for signed-in ones', async () => {
    await fixture.add(hasRepo, { requireAuth: true });
    await fixture.add(repoMissing);
    expect(await fixture.resolve()).toEqual({ code: 'RepoNotFound' });
    expect(await fixture.resolve({ caller: member })).toMatchObject({ from: 'S1' });
  });
});

describe('concurrent requests', () => {
  it('cause one lookup for 100 callers', async () => {
    const { open: respond, opened } = gate();
    const [first, second] = [await fixture.add(afterGate(opened, repoMissing)), await fixture.add(hasRepo)];
    const results = Array.from({ length: 100 }, () => fixture.resolve());
    await first.waitFor(1);
    respond();
    expect(new Set((await Promise.all(results)).map((result) => JSON.stringify(result))).size).toBe(1);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it('for different operations share the lookup and then send their own requests', async () => {
    const { open: respond, opened } = gate();
    const first = await fixture.add(afterGate(opened, repoMissing));
    const second = await fixture.add((response, request) =>
      (request.url.includes('/tree/') ? json(200, []) : hasRepo)(response, request),
    );
    const results = [fixture.resolve(), fixture.resolve({ operation: tree }), fixture.resolve({ operation: tree })];
    await first.waitFor(1);
    respond();
    expect(await Promise.all(results)).toMatchObject([{ from: 'S2', json: { id: 'o/r' } }, { json: [] }, { json: [] }]);
    expect(first.requests).toHaveLength(1);
    expect(second.requests.map(({ url }) => url.split('/').at(-2))).toEqual(['o', 'tree', 'tree']);
  });

  it('for another file are not affected by a missing file and share one lookup', async () => {
    const { open: respond, opened } = gate();
    const plain = bytes(404, 'no such page');
    const upstream = await fixture.add(
      afterGate(opened, (response, request) => (request.url.endsWith('/b') ? fileHead : plain)(response, request)),
    );
    const a = fixture.resolve({ operation: fileNamed('a') });
    await upstream.waitFor(1);
    const others = Array.from({ length: 10 }, () => fixture.resolve({ operation: fileNamed('b') }));
    respond();
    expect(await a).toEqual({ code: 'EntryNotFound' });
    expect(await Promise.all(others)).toMatchObject(Array(10).fill({ from: 'S1', status: 200 }));
    expect(upstream.requests.filter(({ url }) => url.endsWith('/b'))).toHaveLength(1);
  });

  it('share a lookup that continues until the last caller has disconnected', async () => {
    const upstream = await fixture.add(hang());
    const [first, second] = [new AbortController(), new AbortController()];
    const results = [first, second].map(({ signal }) =>
      fixture.resolve({ signal }).catch((error: Error) => error.message),
    );
    await upstream.waitFor(1);
    first.abort();
    expect(await results[0]).toBe('The caller aborted the request.');
    second.abort();
    expect(await upstream.requests[0]!.ended).toBe('disconnected');
    await results[1];
    expect(upstream.requests).toHaveLength(1);
  });
});

describe('an external file', () => {
  it('is looked up with HEAD and then requested with GET', async () => {
    const upstream = await fixture.add(fileHead);
    const { reply, source } = (await fixture.resolver.locate(fixture.buildRequest({ operation: resolveGet })))!;
    expect(reply).toMatchObject({ status: 200, headers: { etag: '"e"' } });
    const { stream } = await fixture.resolver.fetchFrom(source, fixture.buildRequest({ operation: resolveGet }));
    stream!.destroy();
    expect(upstream.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  it('is looked up with GET if the source does not support HEAD', async () => {
    const upstream = await fixture.add((response, request) =>
      (request.method === 'HEAD' ? text(405, '') : fileHead)(response, request),
    );
    expect(await fixture.resolve({ operation: resolveHead })).toMatchObject({ from: 'S1', status: 200 });
    expect(upstream.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  it('behind a redirect is streamed with the metadata of the redirect if the source uses proxy delivery', async () => {
    await open({ allowPrivateNetworks: true });
    const store = await fixture.add(bytes(200, 'abc', { etag: '"of-the-store"', 'content-type': 'text/plain' }), {
      enabled: false,
    });
    const fileHeaders = { 'x-repo-commit': COMMIT, 'x-linked-etag': '"sha"', 'x-linked-size': '3' };
    await fixture.add(redirect(302, `${store.url}/f?sig=1`, fileHeaders), { delivery: 'proxy' });
    const reply = await fixture.resolver.fetchFrom(
      fixture.sources[1]!,
      fixture.buildRequest({ operation: resolveGet }),
    );
    expect(reply).toMatchObject({
      status: 200,
      headers: { ...fileHeaders, 'content-type': 'text/plain', 'content-length': '3' },
    });
    expect(reply.headers).not.toHaveProperty('etag');
    reply.stream!.destroy();
  });

  it('has a URL at its source', async () => {
    const upstream = await fixture.add(hasRepo);
    expect(fixture.urls.fileUrl(fixture.sources[0]!, fileNamed('a b') as never)).toBe(
      `${upstream.url}/o/r/resolve/main/a%20b`,
    );
  });
});

describe('dry run', () => {
  it('walks the chain one by one, returns all attempts, and binds nothing', async () => {
    await fixture.add(repoMissing);
    await fixture.add(hasRepo);
    const result = await fixture.dryRun.run({ operation: OPERATIONS['info']!, caller: member });
    expect(result).toMatchObject({ chosen: { source: { name: 'S2' } }, final: { status: 200 } });
    expect(result.attempts.map(({ category }) => category)).toEqual(['not-found', 'ok']);
    expect(await fixture.cache.stats()).toMatchObject({ size: 0, negative_size: 0, hits: 0, misses: 0 });
  });

  it('returns what a client would receive', async () => {
    await fixture.add(inSequence(repoMissing));
    const { final, chosen } = await fixture.dryRun.run({ operation: resolveHead, caller: {} });
    expect(final).toMatchObject({ status: 404, code: 'RepoNotFound' });
    expect(chosen).toBeUndefined();
  });
});

it('concurrent probes of a file share one request, unless the file or the path of hubs differs', async () => {
  const upstream = await fixture.add(fileHead);
  const source = fixture.sources[0]!;
  const probe = (name: string, facts = {}) =>
    fixture.resolver.probe(source, fixture.buildRequest({ operation: fileNamed(name), ...facts }));
  const replies = await Promise.all([
    ...Array.from({ length: 50 }, () => probe('a.txt')),
    probe('b.txt'),
    probe('a.txt', { via: ['1.1 hubfall-0123456789ab'] }),
  ]);
  expect(new Set(replies.map(({ headers }) => headers['x-repo-commit']))).toEqual(new Set([COMMIT]));
  expect(upstream.requests.map(({ method }) => method)).toEqual(['HEAD', 'HEAD', 'HEAD']);
});

describe('the next source is requested before the hedge interval', () => {
  const operation = (name: string): Operation => ({ ...OPERATIONS['info'], repo: repoNamed(name) }) as Operation;
  const repoNamed = (name: string) => ({ type: 'model', namespace: 'o', name });

  it('if the first one takes longer than usual', async () => {
    await open({ hedgeMs: 600_000 });
    const { open: respond, opened } = gate();
    const first = await fixture.add(hasRepo);
    const second = await fixture.add(hasRepo);
    for (let n = 0; n < 8; n++) await fixture.resolve({ operation: operation(`r${n}`) });
    expect(second.requests).toEqual([]);
    first.reply = afterGate(opened, hasRepo);
    const resolved = fixture.resolve({ operation: operation('slow') });
    await second.waitFor(1);
    respond();
    expect(await resolved).toMatchObject({ from: 'S1' });
  });

  it('together with all others, if the sources usually do not have what is searched', async () => {
    await open({ hedgeMs: 600_000, negativeTtlSeconds: 0 });
    const { open: respond, opened } = gate();
    const sources = [await fixture.add(repoMissing), await fixture.add(repoMissing), await fixture.add(repoMissing)];
    for (let n = 0; n < 4; n++) await fixture.resolve({ operation: operation(`r${n}`) });
    for (const source of sources) {
      source.forget();
      source.reply = afterGate(opened, repoMissing);
    }
    const resolved = fixture.resolve({ operation: operation('cold') });
    for (const source of sources) await source.waitFor(1);
    respond();
    expect(await resolved).toEqual({ code: 'RepoNotFound' });
  });
});
