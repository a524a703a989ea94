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
const has = json(200, { id: 'o/r' });
const repoMissing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
const entryMissing = text(404, 'Entry not found', { 'x-error-code': 'EntryNotFound', 'x-repo-commit': COMMIT });
const broken = text(500, 'oops');
const fileHead: Responder = bytes(200, 'abc', { 'x-repo-commit': COMMIT, etag: '"e"' });
const key = 'fallback:repo:model:o/r';
const { tree, resolveHead, resolveGet } = OPERATIONS as Record<'tree' | 'resolveHead' | 'resolveGet', Operation>;
const fileNamed = (name: string): Operation => ({ ...resolveHead, path: [name] }) as Operation;

/** A promise that the test keeps when it wants. */
function gate(): { open: () => void; opened: Promise<void> } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('the chain', () => {
  it('answers from the first source that has the repository', async () => {
    await fixture.add(repoMissing);
    await fixture.add(has);
    const third = await fixture.add(has);
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
    ['only members may', { requireAuth: true }, {}],
    ['the namespace is ours', { reservedNamespaces: ['O'] }, {}],
    ['the question went round', {}, { via: Array(6).fill('1.1 hubfall-0123456789ab') }],
  ])('asks nobody when %s', async (why, fallback, question) => {
    await open(fallback);
    const far = why === 'there is no source' ? undefined : await fixture.add(has);
    expect(await fixture.resolve(question)).toBeUndefined();
    expect(far?.requests ?? []).toEqual([]);
  });

  it('sends the way here along, so that a loop can be seen', async () => {
    const far = await fixture.add(has);
    await fixture.resolve({ via: ['1.1 hubfall-0123456789ab'] });
    expect(far.requests[0]!.headers.via).toMatch(/^1\.1 hubfall-0123456789ab, 1\.1 hubfall-[0-9a-f]{12}$/);
  });

  it('gives up a chain whose time is up, and leaves nothing running', async () => {
    await open({ deadlineMs: 80 });
    const [one, other] = [await fixture.add(hang()), await fixture.add(hang())];
    expect(await fixture.resolve()).toEqual({ code: 'UpstreamTimeout' });
    expect(await one.requests[0]!.ended).toBe('hung-up');
    expect(other.requests).toHaveLength(0);
  });

  it('hedges past a silent source, which then counts as one that could not answer', async () => {
    await open({ hedgeMs: 20 });
    const silent = await fixture.add(hang());
    await fixture.add(has);
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect(await silent.requests[0]!.ended).toBe('hung-up');
    expect(fixture.attempts[0]).toMatchObject({ category: 'timeout' });
  });
});

describe('a binding', () => {
  it('holds while another source would serve too, for every question about the repository', async () => {
    const first = await fixture.add(repoMissing);
    await fixture.add((response, request) =>
      (request.url.includes('/tree/') ? json(200, []) : request.url.includes('/resolve/') ? fileHead : has)(
        response,
        request,
      ),
    );
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    first.reply = has;
    first.forget();
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect(await fixture.resolve({ operation: tree })).toMatchObject({ from: 'S2', json: [] });
    expect(await fixture.resolve({ operation: resolveHead })).toMatchObject({ from: 'S2' });
    expect(await fixture.resolve({ operation: resolveGet })).toMatchObject({ from: 'S2' });
    expect(first.requests).toEqual([]);
  });

  it.each<[string, Responder, string]>([
    ['being broken', broken, 'UpstreamFailed'],
    ['being busy', text(503, ''), 'UpstreamUnavailable'],
    ['limiting us', text(429, '', { 'retry-after': '9' }), 'RateLimited'],
    ['a captive portal', html(), 'UpstreamFailed'],
    ['having lost it', repoMissing, 'RepoNotFound'],
    ['having gated it', text(403, '', { 'x-error-code': 'GatedRepo' }), 'GatedRepo'],
  ])("shows its source's failure: %s", async (_, failure, code) => {
    const first = await fixture.add(has);
    const second = await fixture.add(has);
    await fixture.resolve();
    first.reply = failure;
    expect(await fixture.resolve()).toEqual({ code });
    expect(second.requests).toHaveLength(0);
  });

  it('is made by a source that has the repository but not the file', async () => {
    const [first, second] = [await fixture.add(entryMissing), await fixture.add(fileHead)];
    const error = await fixture.resolver
      .answer(fixture.buildRequest({ operation: resolveHead }))
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'EntryNotFound', facts: { commit: COMMIT, source: { name: 'S1' } } });
    expect((await fixture.cache.peek(key)).binding).toEqual({ sourceKey: 'db:1' });
    first.reply = has;
    expect(await fixture.resolve()).toMatchObject({ from: 'S1' });
    expect(second.requests).toEqual([]);
  });

  it('goes with its source', async () => {
    await fixture.add(has);
    await fixture.add(has);
    await fixture.resolve();
    fixture.sources.shift();
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect((await fixture.cache.peek(key)).binding).toEqual({ sourceKey: 'db:2' });
  });

  it('of members is not one of strangers where a source asks for sign-in', async () => {
    await fixture.add(has, { requireAuth: true });
    await fixture.add(has);
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect(await fixture.resolve({ caller: member })).toMatchObject({ from: 'S1' });
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect((await fixture.cache.peek(key)).binding).toBeUndefined();
    expect((await fixture.cache.peek(`${key}:anon`)).binding).toEqual({ sourceKey: 'db:2' });
    expect((await fixture.cache.peek(`${key}:user`)).binding).toEqual({ sourceKey: 'db:1' });
  });

  it('is counted, found or not', async () => {
    await fixture.add(has);
    for (let n = 0; n < 4; n++) await fixture.resolve();
    expect(await fixture.cache.stats()).toMatchObject({ size: 1, hits: 3, misses: 1, hit_rate: 0.75 });
  });
});

describe('the time of a binding', () => {
  /** Sets the clocks to a moment after the beginning of the test. */
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
    jest.advanceTimersByTime(1_000); // lru-cache takes a start at 0 for none
    elapsed = 0;
  });
  afterEach(() => jest.useRealTimers());

  it('is the configured one', async () => {
    await fixture.add(has);
    await fixture.resolve();
    at(299);
    expect((await fixture.cache.peek(key)).binding).toEqual({ sourceKey: 'db:1' });
    at(301);
    expect((await fixture.cache.peek(key)).binding).toBeUndefined();
  });

  it('is 30 seconds when an earlier source could not answer, and it is then found again', async () => {
    const first = await fixture.add(broken);
    await fixture.add(has);
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    first.reply = has;
    at(29);
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    at(31);
    expect(await fixture.resolve()).toMatchObject({ from: 'S1' });
  });

  it('is never longer for such a doubt than for certainty', async () => {
    await open({ cacheTtlSeconds: 10 });
    await fixture.add(broken);
    await fixture.add(has);
    await fixture.resolve();
    at(11);
    expect((await fixture.cache.peek(key)).binding).toBeUndefined();
  });
});

describe('what changes while a source is asked', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['clearing the cache', () => fixture.cache.clear()],
    ['evicting the repository', () => fixture.cache.evict(OPERATIONS['info']!.repo)],
  ])('%s: what it answers is not remembered, neither a yes nor a no', async (_, change) => {
    for (const reply of [has, repoMissing]) {
      const { open: answer, opened } = gate();
      await open();
      const far = await fixture.add(afterGate(opened, reply));
      const asked = fixture.resolve();
      await far.waitFor(1);
      await change();
      answer();
      await asked;
      expect(await fixture.cache.stats()).toMatchObject({ size: 0, negative_size: 0 });
    }
  });

  it('the next question finds out anew', async () => {
    const far = await fixture.add(has);
    await fixture.resolve();
    expect(await fixture.cache.evict(OPERATIONS['info']!.repo)).toBe(1);
    far.reply = repoMissing;
    expect(await fixture.resolve()).toEqual({ code: 'RepoNotFound' });
  });
});

describe('a denial', () => {
  it('is remembered for every question about the repository', async () => {
    const far = await fixture.add(repoMissing);
    expect(await fixture.resolve()).toEqual({ code: 'RepoNotFound' });
    far.reply = has;
    expect(await fixture.resolve()).toEqual({ code: 'RepoNotFound' });
    expect(await fixture.resolve({ operation: tree })).toEqual({ code: 'RepoNotFound' });
    expect(far.requests).toHaveLength(1);
    expect(await fixture.cache.stats()).toMatchObject({ size: 0, negative_size: 1 });
  });

  it('of a file is remembered for that file only', async () => {
    const far = await fixture.add(text(404, 'no such page'));
    expect(await fixture.resolve({ operation: fileNamed('a') })).toEqual({ code: 'EntryNotFound' });
    expect(await fixture.resolve({ operation: fileNamed('a') })).toEqual({ code: 'EntryNotFound' });
    expect(far.requests).toHaveLength(1);
    far.reply = fileHead;
    expect(await fixture.resolve({ operation: fileNamed('b') })).toMatchObject({ from: 'S1' });
  });

  it('is forgotten after its time', async () => {
    const far = await fixture.add(repoMissing);
    await fixture.resolve();
    const then = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => then + 16_000);
    await new Promise((resolve) => setImmediate(resolve));
    far.reply = has;
    expect(await fixture.resolve()).toMatchObject({ from: 'S1' });
  });

  it('is not remembered at all when its time is 0', async () => {
    await open({ negativeTtlSeconds: 0 });
    const far = await fixture.add(repoMissing);
    await fixture.resolve();
    far.reply = has;
    expect(await fixture.resolve()).toMatchObject({ from: 'S1' });
  });

  it.each<[string, Responder, string]>([
    ['a failure', broken, 'UpstreamFailed'],
    ['a limit', text(429, ''), 'RateLimited'],
    ['a gate', text(403, '', { 'x-error-code': 'GatedRepo' }), 'GatedRepo'],
  ])('%s is none', async (_, reply, code) => {
    const far = await fixture.add(repoMissing);
    const other = await fixture.add(reply);
    expect(await fixture.resolve()).toEqual({ code });
    other.reply = has;
    expect(await fixture.resolve()).toMatchObject({ from: 'S2' });
    expect(far.requests).toHaveLength(2);
  });

  it('of strangers is none of members', async () => {
    await fixture.add(has, { requireAuth: true });
    await fixture.add(repoMissing);
    expect(await fixture.resolve()).toEqual({ code: 'RepoNotFound' });
    expect(await fixture.resolve({ caller: member })).toMatchObject({ from: 'S1' });
  });
});

describe('many at the same time', () => {
  it('100 first askers cause one probe', async () => {
    const { open: answer, opened } = gate();
    const [first, second] = [await fixture.add(afterGate(opened, repoMissing)), await fixture.add(has)];
    const asked = Array.from({ length: 100 }, () => fixture.resolve());
    await first.waitFor(1);
    answer();
    expect(new Set((await Promise.all(asked)).map((one) => JSON.stringify(one))).size).toBe(1);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it('other questions about the repository share the search and then ask its source themselves', async () => {
    const { open: answer, opened } = gate();
    const first = await fixture.add(afterGate(opened, repoMissing));
    const second = await fixture.add((response, request) =>
      (request.url.includes('/tree/') ? json(200, []) : has)(response, request),
    );
    const asked = [fixture.resolve(), fixture.resolve({ operation: tree }), fixture.resolve({ operation: tree })];
    await first.waitFor(1);
    answer();
    expect(await Promise.all(asked)).toMatchObject([{ from: 'S2', json: { id: 'o/r' } }, { json: [] }, { json: [] }]);
    expect(first.requests).toHaveLength(1);
    expect(second.requests.map(({ url }) => url.split('/').at(-2))).toEqual(['o', 'tree', 'tree']);
  });

  it('that one file is missing everywhere says nothing of another, for which one search is enough', async () => {
    const { open: answer, opened } = gate();
    const plain = text(404, 'no such page');
    const far = await fixture.add(
      afterGate(opened, (response, request) => (request.url.endsWith('/b') ? fileHead : plain)(response, request)),
    );
    const a = fixture.resolve({ operation: fileNamed('a') });
    await far.waitFor(1);
    const others = Array.from({ length: 10 }, () => fixture.resolve({ operation: fileNamed('b') }));
    answer();
    expect(await a).toEqual({ code: 'EntryNotFound' });
    expect(await Promise.all(others)).toMatchObject(Array(10).fill({ from: 'S1', status: 200 }));
    expect(far.requests.filter(({ url }) => url.endsWith('/b'))).toHaveLength(1);
  });

  it('one who hangs up does not spoil the search of the others; the last one ends it', async () => {
    const far = await fixture.add(hang());
    const [one, other] = [new AbortController(), new AbortController()];
    const asked = [one, other].map(({ signal }) => fixture.resolve({ signal }).catch((error: Error) => error.message));
    await far.waitFor(1);
    one.abort();
    expect(await asked[0]).toBe('The caller aborted the request.');
    other.abort();
    expect(await far.requests[0]!.ended).toBe('hung-up');
    await asked[1];
    expect(far.requests).toHaveLength(1);
  });
});

describe('a file of a source', () => {
  it('is looked for by its description, then asked for itself', async () => {
    const far = await fixture.add(fileHead);
    const { reply, source } = (await fixture.resolver.locate(fixture.buildRequest({ operation: resolveGet })))!;
    expect(reply).toMatchObject({ status: 200, headers: { etag: '"e"' } });
    const { stream } = await fixture.resolver.ask(source, fixture.buildRequest({ operation: resolveGet }));
    stream!.destroy();
    expect(far.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  it('of one that knows no HEAD is described by its GET', async () => {
    const far = await fixture.add((response, request) =>
      (request.method === 'HEAD' ? text(405, '') : fileHead)(response, request),
    );
    expect(await fixture.resolve({ operation: resolveHead })).toMatchObject({ from: 'S1', status: 200 });
    expect(far.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  it('behind a redirect elsewhere is fetched by us where the source says so, under its own description', async () => {
    await open({ allowPrivateNetworks: true });
    const store = await fixture.add(bytes(200, 'abc', { etag: '"of-the-store"', 'content-type': 'text/plain' }), {
      enabled: false,
    });
    const described = { 'x-repo-commit': COMMIT, 'x-linked-etag': '"sha"', 'x-linked-size': '3' };
    await fixture.add(redirect(302, `${store.url}/f?sig=1`, described), { delivery: 'proxy' });
    const reply = await fixture.resolver.ask(fixture.sources[1]!, fixture.buildRequest({ operation: resolveGet }));
    expect(reply).toMatchObject({
      status: 200,
      headers: { ...described, 'content-type': 'text/plain', 'content-length': '3' },
    });
    expect(reply.headers).not.toHaveProperty('etag');
    reply.stream!.destroy();
  });

  it('has an address of its own', async () => {
    const far = await fixture.add(has);
    expect(fixture.urls.fileUrl(fixture.sources[0]!, fileNamed('a b') as never)).toBe(
      `${far.url}/o/r/resolve/main/a%20b`,
    );
  });
});

describe('dry run', () => {
  it('walks the chain one by one, returns all attempts, and binds nothing', async () => {
    await fixture.add(repoMissing);
    await fixture.add(has);
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
