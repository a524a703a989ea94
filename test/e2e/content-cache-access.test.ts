import { randomBytes } from 'node:crypto';
import { CountingSource } from '../support/counting-source.js';
import { eventually } from '../support/eventually.js';
import { json, text } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import type { HttpResponse, RequestOptions } from '../support/send-request.js';
import { createTestUser } from '../support/test-users.js';

// Bytes that the cache has are served only to callers that may use the source at the moment, and only while the source serves them.
const CONTENT = randomBytes(50_000);
const FILE = 'f.bin';
const SOURCE_TOKEN = 'hf_of-the-source';

/** Repositories that the source no longer serves. */
const denied = new Set<string>();
const files = new CountingSource();

/** `public/` needs no token, `gated/` and `private/` need the token of the source. */
const source: Responder = (response, request) => {
  const [, namespace = ''] = /\/(public|gated|private)\//.exec(request.url) ?? [];
  const hasToken = request.headers.authorization === `Bearer ${SOURCE_TOKEN}`;
  if (namespace === 'gated' && (!hasToken || denied.has(namespace)))
    return text(403, 'gated', { 'x-error-code': 'GatedRepo' })(response, request);
  if (namespace !== 'public' && (!hasToken || denied.has(namespace)))
    return text(404, 'missing', { 'x-error-code': 'RepoNotFound' })(response, request);
  if (request.url.startsWith('/api/whoami')) return json(200, { name: 'mirror', type: 'user' })(response, request);
  if (request.url.includes('/tree/'))
    return json(200, [{ type: 'file', path: FILE, size: CONTENT.length, oid: 'a'.repeat(40) }])(response, request);
  if (request.url.startsWith('/api/'))
    return json(200, { id: `${namespace}/r`, sha: 'a'.repeat(40), siblings: [] })(response, request);
  return files.reply(response, request);
};

const OPERATIONS: Readonly<Record<string, (repo: string) => [string, RequestOptions]>> = {
  HEAD: (repo) => [`/${repo}/resolve/main/${FILE}`, { method: 'HEAD' }],
  GET: (repo) => [`/${repo}/resolve/main/${FILE}`, {}],
  range: (repo) => [`/${repo}/resolve/main/${FILE}`, { headers: { range: 'bytes=10-19' } }],
  'GET by commit': (repo) => [`/${repo}/resolve/${'a'.repeat(40)}/${FILE}`, {}],
  tree: (repo) => [`/api/models/${repo}/tree/main`, {}],
  git: (repo) => [`/${repo}/info/refs?service=git-upload-pack`, {}],
};
const OK: Readonly<Record<string, number>> = { range: 206, git: 501 };

describe('cached files of sources', () => {
  let world: HubWithSources;
  let allowed: Record<string, string>;
  let revoked: Record<string, string>;
  const send = (operation: string, repo: string, headers: Record<string, string> = {}): Promise<HttpResponse> => {
    const [path, options] = OPERATIONS[operation]!(repo);
    return world.sendRequest(path, { ...options, headers: { ...options.headers, ...headers } });
  };

  beforeAll(async () => {
    files.files.set(FILE, CONTENT);
    const facts = [
      { delivery: 'cache', include: ['public/*'] },
      { delivery: 'cache', include: ['gated/*', 'private/*'], token: SOURCE_TOKEN, require_auth: true },
    ] as const;
    const env = { KOHAKU_HUB_FALLBACK_CACHE_TTL: '300', KOHAKU_HUB_FALLBACK_FRESH_SECONDS: '0' }; // replies are not reused
    world = await startHubWithSources([source, source], { facts, env });
    allowed = (await createTestUser(world.hub, 'alice')).headers;
    const bob = await createTestUser(world.hub, 'bob');
    revoked = bob.headers;
    for (const repo of ['public/r', 'gated/r', 'private/r'])
      await eventually(async () => (await send('GET', repo, revoked)).headers['x-cache'] === 'hit');
    const admin = { 'x-admin-token': world.hub.adminToken };
    const change = { method: 'DELETE', headers: admin } as const;
    expect((await world.sendRequest('/admin/api/accounts/bob', change)).status).toBe(200);
  });
  afterAll(() => world.close());

  describe.each(['public', 'gated', 'private'])('from a repository that is %s at the source', (kind) => {
    it.each(Object.keys(OPERATIONS))('are served to a caller who may use the source: %s', async (operation) => {
      const response = await send(operation, `${kind}/r`, allowed);
      expect(response.status).toBe(OK[operation] ?? 200);
      if (operation === 'range') expect(response.body.equals(CONTENT.subarray(10, 20))).toBe(true);
    });

    it.each(Object.keys(OPERATIONS))(
      'are not served to a caller whose account was just deleted: %s',
      async (operation) => {
        const response = await send(operation, `${kind}/r`, revoked);
        expect([response.status, response.body.includes(CONTENT.subarray(10, 20))]).toEqual([401, false]);
      },
    );

    it.each(Object.keys(OPERATIONS))(
      'are served to anonymous callers only without require_auth: %s',
      async (operation) => {
        const response = await send(operation, `${kind}/r`);
        const isServed = response.status === (OK[operation] ?? 200);
        expect(isServed).toBe(kind === 'public');
        if (kind !== 'public') expect(response.body.includes(CONTENT.subarray(10, 20))).toBe(false);
      },
    );
  });

  it.each(['gated', 'private'])('from a %s repository are not served once the source refuses', async (kind) => {
    denied.add(kind);
    for (const operation of ['HEAD', 'GET', 'range']) {
      const response = await send(operation, `${kind}/r`, allowed);
      expect([operation, response.status >= 400]).toEqual([operation, true]);
    }
    denied.delete(kind);
  });
});
