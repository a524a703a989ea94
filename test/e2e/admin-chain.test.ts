import { adminClient, type AdminClient } from '../support/admin-client.js';
import { hang, html, inTurn, json, redirect } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { person } from '../support/people.js';
import { LocalRepos } from '../support/local-repos.js';

const repoMiss = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
const info = json(200, { id: 'acme/bert', siblings: [] });

/** Answers the connection test's questions as huggingface.co does, knowing one token; echoes what it was sent where it can. */
const publicHub =
  (token: string): Responder =>
  (response, request) => {
    const { authorization } = request.headers;
    if (!request.url.startsWith('/api/whoami-v2')) return json(200, [])(response, request);
    if (authorization === `Bearer ${token}`) return json(200, { name: 'bot' })(response, request);
    return json(401, { error: `Invalid credentials: ${authorization}` })(response, request);
  };

describe('the admin API: chain, cache and connections', () => {
  let hub: RunningHub;
  let admin: AdminClient;
  let first: FakeUpstream;
  let second: FakeUpstream;
  beforeAll(async () => {
    hub = await startHub({ env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '0.5' } });
    admin = adminClient(hub);
    first = await FakeUpstream.start();
    second = await FakeUpstream.start();
  });
  afterAll(async () => {
    await hub.close();
    await Promise.all([first.close(), second.close()]);
  });
  const source = (name: string, upstream: FakeUpstream, more: object = {}) => ({
    ...{ name, url: upstream.url, source_type: 'huggingface', ...more },
  });
  beforeEach(async () => {
    first.reply = repoMiss;
    second.reply = info;
    await admin('PUT', '/fallback/sources-bulk-replace', {
      sources: [source('First', first, { priority: 1 }), source('Second', second, { priority: 2 })],
    });
    first.forget();
    second.forget();
  });

  describe('the dry run, before any source is asked,', () => {
    const standing = async (namespace: string, name: string) => {
      const question = { op: 'info', repo_type: 'model', namespace, name };
      const { body } = await admin('POST', '/fallback/test/simulate', question);
      const { local, may_ask: mayAsk, bound_to: boundTo } = body as Record<string, unknown>;
      return { local, mayAsk, boundTo };
    };

    test('tells the source that the repository is bound to', async () => {
      expect((await fetch(`${hub.url}/api/models/acme/bert`)).status).toBe(200);
      expect(await standing('acme', 'bert')).toEqual({ local: 'absent', mayAsk: true, boundTo: 'Second' });
    });

    test('tells what the hub has itself', async () => {
      await person(hub, 'ann');
      const store = LocalRepos.of(hub.app);
      const repo = { type: 'model', namespace: 'ann', name: 'own' } as const;
      await store.createRepository({ repo, ownerName: 'ann', private: true });
      expect(await standing('ann', 'own')).toMatchObject({ local: 'private' });
      await admin('PUT', '/repositories/model/ann/own', { disabled: true });
      expect(await standing('Ann', 'OWN')).toMatchObject({ local: 'disabled' });
    });

    test('tells of a name that never leaves the hub', async () => {
      await admin('POST', '/accounts', { name: 'secret-org', kind: 'organization' });
      await admin('PUT', '/accounts/secret-org', { reserved: true });
      expect(await standing('secret-org', 'plans')).toEqual({ local: 'absent', mayAsk: false, boundTo: null });
    });
  });

  describe('the dry run', () => {
    const question = { op: 'info', repo_type: 'model', namespace: 'acme', name: 'bert' };
    const simulate = (more: object = {}) => admin('POST', '/fallback/test/simulate', { ...question, ...more });
    const sizeOfCache = async () =>
      ((await admin('GET', '/fallback-sources/cache/stats')).body as { size: number }).size;

    test('tells every attempt and the answer, and binds nothing', async () => {
      const { status, body } = await simulate();
      expect(status).toBe(200);
      expect(body).toEqual({
        op: 'info',
        repo_id: 'acme/bert',
        ...{ local: 'absent', may_ask: true, bound_to: null },
        attempts: [
          {
            ...{ source: 'First', source_url: first.url, source_type: 'huggingface' },
            ...{ method: 'GET', path: '/api/models/acme/bert', status: 404 },
            ...{ category: 'not-found', verdict: 'next', ms: expect.any(Number), message: expect.any(String) },
          },
          expect.objectContaining({ source: 'Second', status: 200, category: 'ok', verdict: 'serve', message: null }),
        ],
        would_bind: 'Second',
        final: { status: 200, code: null, message: null },
        ms: expect.any(Number),
      });
      expect(await sizeOfCache()).toBe(0);
    });

    test('tells what a caller gets when no source serves', async () => {
      second.reply = json(500, { error: 'broken' });
      expect((await simulate()).body).toMatchObject({
        would_bind: null,
        attempts: [{ verdict: 'next' }, { verdict: 'next', category: 'server', status: 500 }],
        final: { status: 502, code: 'UpstreamFailed', message: expect.stringContaining('Second') },
      });
    });

    test('asks a draft in place of the sources, in the order of its priorities, each with its token', async () => {
      const drafts = [
        source('Second', second, { priority: 20, token: 'draft-secret' }),
        source('First', first, { priority: 10 }),
        source('Off', first, { priority: 1, enabled: false }),
      ];
      const { body, text } = await simulate({ sources: drafts });
      expect(body).toMatchObject({ attempts: [{ source: 'First' }, { source: 'Second' }], would_bind: 'Second' });
      expect(second.requests[0]?.headers.authorization).toBe('Bearer draft-secret');
      expect(first.requests[0]?.headers.authorization).toBeUndefined();
      expect(text).not.toContain('draft-secret');
    });

    test('a draft without a token is asked with the one that is stored for the same name and host', async () => {
      await admin('PUT', '/fallback/sources-bulk-replace', {
        sources: [source('Second', second, { token: 'stored-secret' })],
      });
      const { text } = await simulate({
        sources: [source('Second', second), source('Other', second, { priority: 1 })],
      });
      expect(second.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
      second.forget();
      await simulate({ sources: [source('Second', second)] });
      expect(second.requests[0]?.headers.authorization).toBe('Bearer stored-secret');
      expect(text).not.toContain('stored-secret');
    });

    test('a token that a source echoes is not shown', async () => {
      first.reply = (response, request) =>
        json(500, { error: `I got ${request.headers.authorization}` })(response, request);
      const { body, text } = await simulate({ sources: [source('Echo', first, { token: 'draft-secret' })] });
      expect(text).not.toContain('draft-secret');
      expect(body).toMatchObject({ attempts: [{ message: 'I got Bearer ***' }] });
    });

    test('tells how an account is found: whose name it is at each source', async () => {
      second.reply = (response, request) =>
        request.url.endsWith('/members') ? json(200, [])(response, request) : repoMiss(response, request);
      const { status, body } = await admin('POST', '/fallback/test/simulate', { op: 'userProfile', name: 'acme' });
      expect([status, body]).toMatchObject([
        200,
        {
          ...{ op: 'userProfile', repo_id: 'acme', would_bind: 'Second', final: { status: 200 } },
          attempts: [
            { source: 'First', path: '/api/users/acme/overview', verdict: 'next' },
            { source: 'First', path: '/api/organizations/acme/members', verdict: 'next' },
            { source: 'First', path: '/api/organizations/acme/overview', verdict: 'next' },
            { source: 'Second', path: '/api/users/acme/overview', verdict: 'next' },
            { source: 'Second', path: '/api/organizations/acme/members', verdict: 'serve' },
            { source: 'Second', path: '/api/organizations/acme/overview', verdict: 'next' },
          ],
        },
      ]);
      second.reply = repoMiss;
      const denied = await admin('POST', '/fallback/test/simulate', { op: 'userProfile', name: 'acme' });
      expect(denied.body).toMatchObject({ would_bind: null, final: { status: 404, code: 'NotFound' } });
      expect((await admin('GET', '/fallback-sources/cache/stats')).body).toMatchObject({ answers_size: 0 });
      expect((await admin('POST', '/fallback/test/simulate', { op: 'info', name: 'bert' })).status).toBe(400);
    });

    test('a signed-in caller has another chain where a source wants one', async () => {
      const sources = [source('Members', second, { require_auth: true })];
      expect((await simulate({ sources })).body).toMatchObject({
        attempts: [],
        final: { status: 404 },
        would_bind: null,
      });
      expect((await simulate({ sources, as_username: 'ann' })).body).toMatchObject({ would_bind: 'Members' });
    });

    test.each<[string, object, string]>([
      ['an unknown operation', { op: 'nope' }, 'op'],
      ['an unknown type', { repo_type: 'models' }, 'repo_type'],
      ['a draft with a wrong URL', { sources: [{ url: 'x', source_type: 'huggingface' }] }, 'sources.0.url'],
      ['a resolve without a file', { op: 'resolve' }, 'file_path'],
      ['a path that climbs', { op: 'resolve', file_path: '../x' }, 'file_path'],
    ])('%s is 400', async (_, more, field) => {
      const { status, body } = await simulate(more);
      expect([status, body]).toMatchObject([400, { fields: [{ field }] }]);
      expect(first.requests).toHaveLength(0);
    });
  });

  describe('the connection test', () => {
    const draft = (more: object = {}) => admin('POST', '/fallback-sources/test', source('Draft', first, more));

    test('asks a harmless question, the token only on its own', async () => {
      first.reply = publicHub('good-secret');
      expect(await draft({ token: 'good-secret' })).toMatchObject({
        status: 200,
        body: {
          ok: true,
          status: 200,
          latency_ms: expect.any(Number),
          token: 'valid',
          detail: expect.stringMatching(/accepts/),
        },
      });
      expect(first.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
        ['/api/models?limit=1', undefined],
        ['/api/whoami-v2', 'Bearer good-secret'],
      ]);
      expect(first.requests[0]?.headers['user-agent']).toBe(`hubfall/${hub.config.version}`);
      expect(first.requests[0]?.headers.via).toMatch(/^1\.1 hubfall-/);
    });

    test('tells a rejected token, and shows none that is echoed', async () => {
      first.reply = publicHub('good-secret');
      const { body, text } = await draft({ token: 'bad-secret' });
      expect(body).toMatchObject({ ok: true, token: 'rejected', detail: expect.stringMatching(/token was rejected/) });
      expect(text).not.toContain('bad-secret');
    });

    test.each<[string, Responder, object]>([
      ['a web page', html(), { ok: false, status: 200, detail: expect.stringMatching(/web page, not a hub's JSON/) }],
      [
        'a redirect',
        redirect(302, 'https://elsewhere.example/x?signature=1'),
        { ok: false, status: 302, detail: expect.stringMatching(/elsewhere\.example\/x:/) },
      ],
      ['an error', json(503, {}), { ok: false, status: 503, detail: expect.stringMatching(/trouble/) }],
      ['silence', hang(), { ok: false, status: null, detail: expect.stringMatching(/in time/) }],
    ])('tells %s', async (_, reply, expected) => {
      first.reply = reply;
      expect((await draft()).body).toMatchObject({ token: 'none', ...expected });
    });

    test('a redirect is not followed, least of all with the token', async () => {
      first.reply = inTurn(redirect(302, `${second.url}/api/models`), redirect(302, `${second.url}/api/whoami-v2`));
      expect((await draft({ token: 'good-secret' })).body).toMatchObject({ ok: false, token: 'unknown' });
      expect(second.requests).toHaveLength(0);
    });

    test('tells a closed port', async () => {
      const closed = await FakeUpstream.start();
      const { url } = closed;
      await closed.close();
      const { body } = await admin('POST', '/fallback-sources/test', {
        url,
        source_type: 'kohakuhub',
      });
      expect(body).toMatchObject({ ok: false, status: null, detail: expect.stringMatching(/refused/) });
    });

    test('asks a stored source with its stored token', async () => {
      first.reply = publicHub('stored-secret');
      const { body } = await admin('POST', '/fallback-sources', source('Stored', first, { token: 'stored-secret' }));
      const tested = await admin('POST', `/fallback-sources/${(body as { id: number }).id}/test`);
      expect(tested).toMatchObject({ status: 200, body: { ok: true, token: 'valid' } });
    });

    test('a draft that is not right is 400', async () => {
      expect(await draft({ url: 'nowhere' })).toMatchObject({ status: 400, body: { fields: [{ field: 'url' }] } });
    });
  });

  describe('the cache', () => {
    const ask = (id: string) => fetch(`${hub.url}/api/models/${id}`);
    const stats = async () => (await admin('GET', '/fallback-sources/cache/stats')).body;

    test('is counted, cleared, and loses one repository', async () => {
      await admin('DELETE', '/fallback-sources/cache/clear');
      expect(await stats()).toMatchObject({
        size: 0,
        maxsize: 10_000,
        ttl_seconds: 300,
        usage_percent: 0,
        backend: 'memory',
      });
      for (const id of ['acme/bert', 'acme/gpt', 'gpt2']) expect((await ask(id)).status).toBe(200);
      expect(await stats()).toMatchObject({ size: 3, usage_percent: 0.03 });
      const evict = (path: string) => admin('DELETE', `/fallback-sources/cache/repo/${path}`);
      expect(await evict('model/acme/bert')).toMatchObject({ status: 200, body: { success: true, evicted: 1 } });
      expect(await evict('model/acme/bert')).toMatchObject({ body: { success: true, evicted: 0 } });
      expect(await evict('model/gpt2')).toMatchObject({ body: { success: true, evicted: 1 } });
      expect(await evict('models/acme/bert')).toMatchObject({ status: 400, body: { fields: [{ field: 'type' }] } });
      expect(await admin('DELETE', '/fallback-sources/cache/clear')).toMatchObject({
        status: 200,
        body: { success: true, message: 'Cache cleared (1 entries removed)', old_size: 1 },
      });
      expect(await stats()).toMatchObject({ size: 0 });
    });

    test('a change of the sources takes effect with its answer', async () => {
      expect((await (await ask('acme/bert')).json()) as object).toMatchObject({ _source: 'Second' });
      first.reply = info;
      const [{ id }] = (await admin('GET', '/fallback-sources')).body as [{ id: number }];
      await admin('PUT', `/fallback-sources/${id}`, { require_auth: false });
      expect((await (await ask('acme/bert')).json()) as object).toMatchObject({ _source: 'First' });
    });

    test('health tells what was measured, source by source', async () => {
      second.reply = json(500, { error: 'broken' });
      await ask('acme/other');
      const { status, body } = await admin('GET', '/fallback-sources/health');
      expect([status, body]).toMatchObject([
        200,
        [
          { name: 'First', url: first.url, breaker: 'closed', failures: 0, last_error: null, token: 'none' },
          {
            name: 'Second',
            breaker: 'closed',
            requests: 1,
            failures: 1,
            p50_ms: expect.any(Number),
            last_error: expect.stringContaining('500'),
          },
        ],
      ]);
    });
  });
});
