import { adminClient, type AdminClient } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { hang, html, inSequence, json, redirect } from '../support/fake-replies.js';
import { FakeUpstream, type Responder } from '../support/fake-upstream.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { CLIENT_BUNDLE, CLIENT_NAME, TEST_CA_FILE } from '../support/test-tls.js';
import { createTestUser } from '../support/test-users.js';
import { LocalRepos } from '../support/local-repos.js';

const repoMiss = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
const info = json(200, { id: 'acme/bert', siblings: [] });

/** Responds to the connection test as huggingface.co does and accepts one token. Its errors echo the received header. */
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
    hub = await startHub({ env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '0.5', KOHAKU_HUB_CA_FILE: TEST_CA_FILE } });
    admin = adminClient(hub);
    first = await FakeUpstream.start();
    second = await FakeUpstream.start();
  });
  afterAll(async () => {
    await hub.close();
    await Promise.all([first.close(), second.close()]);
  });
  const source = (name: string, upstream: FakeUpstream, more: object = {}) => ({
    name,
    url: upstream.url,
    source_type: 'huggingface',
    ...more,
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

  describe('the local part of the dry run', () => {
    const localStatus = async (namespace: string, name: string) => {
      const request = { op: 'info', repo_type: 'model', namespace, name };
      const { body } = await admin('POST', '/fallback/test/simulate', request);
      const { local, may_ask: mayAsk, bound_to: boundTo } = body as Record<string, unknown>;
      return { local, mayAsk, boundTo };
    };

    test('reports the source that the repository is bound to', async () => {
      expect((await fetch(`${hub.url}/api/models/acme/bert`)).status).toBe(200);
      expect(await localStatus('acme', 'bert')).toEqual({ local: 'absent', mayAsk: true, boundTo: 'Second' });
    });

    test('reports local repositories', async () => {
      await createTestUser(hub, 'ann');
      const store = LocalRepos.of(hub.app);
      const repo = { type: 'model', namespace: 'ann', name: 'own' } as const;
      await store.createRepository({ repo, ownerName: 'ann', private: true });
      expect(await localStatus('ann', 'own')).toMatchObject({ local: 'private' });
      await admin('PUT', '/repositories/model/ann/own', { disabled: true });
      expect(await localStatus('Ann', 'OWN')).toMatchObject({ local: 'disabled' });
    });

    test('reports names that are never sent to sources', async () => {
      await admin('POST', '/accounts', { name: 'secret-org', kind: 'organization' });
      await admin('PUT', '/accounts/secret-org', { reserved: true });
      expect(await localStatus('secret-org', 'plans')).toEqual({ local: 'absent', mayAsk: false, boundTo: null });
    });
  });

  describe('the dry run', () => {
    const request = { op: 'info', repo_type: 'model', namespace: 'acme', name: 'bert' };
    const simulate = (more: object = {}) => admin('POST', '/fallback/test/simulate', { ...request, ...more });
    const cacheSize = async () => ((await admin('GET', '/fallback-sources/cache/stats')).body as { size: number }).size;

    test('reports each attempt and the response, and caches no binding', async () => {
      const { status, body } = await simulate();
      expect(status).toBe(200);
      expect(body).toEqual({
        op: 'info',
        repo_id: 'acme/bert',
        local: 'absent',
        may_ask: true,
        reason: null,
        bound_to: null,
        attempts: [
          {
            source: 'First',
            source_url: first.url,
            source_type: 'huggingface',
            method: 'GET',
            path: '/api/models/acme/bert',
            status: 404,
            category: 'not-found',
            verdict: 'next',
            ms: expect.any(Number),
            message: expect.any(String),
          },
          expect.objectContaining({ source: 'Second', status: 200, category: 'ok', verdict: 'serve', message: null }),
        ],
        would_bind: 'Second',
        deliveries: [],
        final: { status: 200, code: null, message: null },
        ms: expect.any(Number),
      });
      expect(await cacheSize()).toBe(0);
    });

    test('reports that the failure of a source that decides is returned, and no later source is tried', async () => {
      first.reply = json(500, { error: 'broken' });
      const sources = [source('First', first, { on_error: 'fail' }), source('Second', second)];
      expect((await simulate({ sources })).body).toMatchObject({
        attempts: [{ source: 'First', verdict: 'propagate', status: 500 }],
        final: { status: 502 },
      });
    });

    test('reports the error that callers get if no source serves the request', async () => {
      second.reply = json(500, { error: 'broken' });
      expect((await simulate()).body).toMatchObject({
        would_bind: null,
        attempts: [{ verdict: 'next' }, { verdict: 'next', category: 'server', status: 500 }],
        final: { status: 502, code: 'UpstreamFailed', message: expect.stringContaining('Second') },
      });
    });

    test('uses draft sources instead of the stored ones, ordered by priority, each with its token', async () => {
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

    test('uses the stored token for a draft with the same name and host', async () => {
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

    test('redacts a token that a source echoes', async () => {
      first.reply = (response, request) =>
        json(500, { error: `I got ${request.headers.authorization}` })(response, request);
      const { body, text } = await simulate({ sources: [source('Echo', first, { token: 'draft-secret' })] });
      expect(text).not.toContain('draft-secret');
      expect(body).toMatchObject({ attempts: [{ message: 'I got Bearer ***' }] });
    });

    test('reports how a user profile is looked up at each source', async () => {
      second.reply = (response, request) =>
        request.url.endsWith('/members') ? json(200, [])(response, request) : repoMiss(response, request);
      const { status, body } = await admin('POST', '/fallback/test/simulate', { op: 'userProfile', name: 'acme' });
      expect([status, body]).toMatchObject([
        200,
        {
          op: 'userProfile',
          repo_id: 'acme',
          would_bind: 'Second',
          final: { status: 200 },
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
      const missing = await admin('POST', '/fallback/test/simulate', { op: 'userProfile', name: 'acme' });
      expect(missing.body).toMatchObject({ would_bind: null, final: { status: 404, code: 'NotFound' } });
      expect((await admin('GET', '/fallback-sources/cache/stats')).body).toMatchObject({ answers_size: 0 });
      expect((await admin('POST', '/fallback/test/simulate', { op: 'info', name: 'bert' })).status).toBe(400);
    });

    test('includes sources that require sign-in for signed-in users only', async () => {
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
      ['a path with ".."', { op: 'resolve', file_path: '../x' }, 'file_path'],
    ])('%s is 400', async (_, more, field) => {
      const { status, body } = await simulate(more);
      expect([status, body]).toMatchObject([400, { fields: [{ field }] }]);
      expect(first.requests).toHaveLength(0);
    });
  });

  test('drafts with a client certificate leave no connections open', async () => {
    const secure = await FakeUpstream.start(publicHub('none'), '127.0.0.1', { tls: true });
    const draft = source('Draft', secure, { client_certificate: CLIENT_BUNDLE });
    const request = { op: 'info', repo_type: 'model', namespace: 'acme', name: 'bert', sources: [draft] };
    expect(await admin('POST', '/fallback-sources/test', draft)).toMatchObject({ body: { ok: true } });
    await eventually(async () => (await secure.connections()) === 0, 5_000);
    await admin('POST', '/fallback/test/simulate', request);
    expect(secure.requests.map(({ clientName }) => clientName)).toEqual([CLIENT_NAME, CLIENT_NAME]);
    await eventually(async () => (await secure.connections()) === 0, 5_000);
    await secure.close();
  });

  describe('the connection test', () => {
    const draft = (more: object = {}) => admin('POST', '/fallback-sources/test', source('Draft', first, more));

    test('sends a request without the token, and one to verify the token', async () => {
      first.reply = publicHub('good-secret');
      expect(await draft({ token: 'good-secret' })).toMatchObject({
        status: 200,
        body: {
          ok: true,
          status: 200,
          latency_ms: expect.any(Number),
          token: 'valid',
          detail: expect.stringMatching(/token is accepted/),
        },
      });
      expect(first.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
        ['/api/models?limit=1', undefined],
        ['/api/whoami-v2', 'Bearer good-secret'],
      ]);
      expect(first.requests[0]?.headers['user-agent']).toBe(`hubfall/${hub.config.version}`);
      expect(first.requests[0]?.headers.via).toMatch(/^1\.1 hubfall-/);
    });

    test('reports a rejected token and redacts an echoed one', async () => {
      first.reply = publicHub('good-secret');
      const { body, text } = await draft({ token: 'bad-secret' });
      expect(body).toMatchObject({ ok: true, token: 'rejected', detail: expect.stringMatching(/token was rejected/) });
      expect(text).not.toContain('bad-secret');
    });

    test.each<[string, Responder, object]>([
      ['a web page', html(), { ok: false, status: 200, detail: expect.stringMatching(/web page instead of JSON/) }],
      [
        'a redirect',
        redirect(302, 'https://elsewhere.example/x?signature=1'),
        { ok: false, status: 302, detail: expect.stringMatching(/redirects to https:\/\/elsewhere\.example\/x\./) },
      ],
      ['an error', json(503, {}), { ok: false, status: 503, detail: expect.stringMatching(/internal error/) }],
      ['a timeout', hang(), { ok: false, status: null, detail: expect.stringMatching(/in time/) }],
    ])('reports %s', async (_, reply, expected) => {
      first.reply = reply;
      expect((await draft()).body).toMatchObject({ token: 'none', ...expected });
    });

    test('does not follow redirects', async () => {
      first.reply = inSequence(redirect(302, `${second.url}/api/models`), redirect(302, `${second.url}/api/whoami-v2`));
      expect((await draft({ token: 'good-secret' })).body).toMatchObject({ ok: false, token: 'unknown' });
      expect(second.requests).toHaveLength(0);
    });

    test('reports a closed port', async () => {
      const closed = await FakeUpstream.start();
      const { url } = closed;
      await closed.close();
      const { body } = await admin('POST', '/fallback-sources/test', {
        url,
        source_type: 'kohakuhub',
      });
      expect(body).toMatchObject({ ok: false, status: null, detail: expect.stringMatching(/refused/) });
    });

    test('tests a stored source with its stored token', async () => {
      first.reply = publicHub('stored-secret');
      const { body } = await admin('POST', '/fallback-sources', source('Stored', first, { token: 'stored-secret' }));
      const tested = await admin('POST', `/fallback-sources/${(body as { id: number }).id}/test`);
      expect(tested).toMatchObject({ status: 200, body: { ok: true, token: 'valid' } });
    });

    test('refuses an invalid draft with 400', async () => {
      expect(await draft({ url: 'nowhere' })).toMatchObject({ status: 400, body: { fields: [{ field: 'url' }] } });
    });
  });

  describe('cache and health', () => {
    const ask = (id: string) => fetch(`${hub.url}/api/models/${id}`);
    const stats = async () => (await admin('GET', '/fallback-sources/cache/stats')).body;

    test('the cache can be counted, cleared, and evicted per repository', async () => {
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

    test('a change of the sources takes effect immediately', async () => {
      expect((await (await ask('acme/bert')).json()) as object).toMatchObject({ _source: 'Second' });
      first.reply = info;
      const [{ id }] = (await admin('GET', '/fallback-sources')).body as [{ id: number }];
      await admin('PUT', `/fallback-sources/${id}`, { require_auth: false });
      expect((await (await ask('acme/bert')).json()) as object).toMatchObject({ _source: 'First' });
    });

    test('the health report has the measurements of each source', async () => {
      await ask('acme/served');
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
            requests: 2,
            failures: 1,
            p50_ms: expect.any(Number),
            last_error: expect.stringContaining('500'),
          },
        ],
      ]);
    });
  });
});
