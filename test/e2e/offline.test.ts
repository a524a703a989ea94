import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { adminClient } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { ProfileCache } from '../../src/fallback/cache/profile-cache.service.js';
import { bytes, html, json } from '../support/fake-replies.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { ageKeptAnswers } from '../support/kept-answers.js';
import { scrape } from '../support/scrape.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createImage } from '../support/test-images.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

// Offline, everything that the hub has of its sources is served, and no connection is opened (docs/adr/0043).
const FILES = { 'README.md': '# Held', 'config.json': '{"a": 1}', 'model.bin': { lfs: 'large '.repeat(1000) } };
const MESSAGE = /offline.*does not have what was requested.*prefetch/;

/** Headers of content that is a month old. */
const STALE = { 'x-freshness': 'stale', age: expect.stringMatching(/^2592\d{3}$/) };

let huggingFace: FakeHuggingFace;
let hub: RunningHub;
let user: TestUser;
/** The ports that this process has connected to, and the names that it has looked up. */
let ports: string[];

const REPOS = ['pub/open', 'sec/gated', 'sec/private'] as const;
const send = (path: string, options?: RequestOptions): Promise<HttpResponse> => sendRequest(hub.url, path, options);
const as = (path: string, options: RequestOptions = {}): Promise<HttpResponse> =>
  send(path, { ...options, headers: { ...user.headers, ...options.headers } });

const READS: readonly (readonly [string, (repo: string) => string, RequestOptions?])[] = [
  ['info', (repo) => `/api/models/${repo}`],
  ['revision', (repo) => `/api/models/${repo}/revision/main`],
  ['tree', (repo) => `/api/models/${repo}/tree/main?recursive=true`],
  ['refs', (repo) => `/api/models/${repo}/refs`],
  ['HEAD', (repo) => `/${repo}/resolve/main/config.json`, { method: 'HEAD' }],
  ['HEAD of a missing file', (repo) => `/${repo}/resolve/main/missing.json`, { method: 'HEAD' }],
  ['GET', (repo) => `/${repo}/resolve/main/config.json`],
  ['the raw file', (repo) => `/${repo}/raw/main/config.json`],
  ['a large file', (repo) => `/${repo}/resolve/main/model.bin`],
  ['a range', (repo) => `/${repo}/resolve/main/model.bin`, { headers: { range: 'bytes=6-10' } }],
];
const PEOPLE = [
  '/api/users/ada/overview',
  '/api/organizations/pub/members',
  '/api/models?author=pub',
  '/api/users/ada/profile',
  '/api/users/ada/type',
  '/api/users/pub/type',
  '/api/organizations/pub/overview',
  '/api/organizations/pub/profile',
  '/api/users/ada/avatar',
];

beforeAll(async () => {
  huggingFace = await FakeHuggingFace.start({
    repos: [
      { id: 'pub/open', files: FILES },
      { id: 'sec/gated', files: FILES, gated: 'auto' },
      { id: 'sec/private', files: FILES, private: true },
    ],
    accounts: [{ name: 'svc', token: 'hf_source', reads: ['sec/gated', 'sec/private'] }],
    people: { users: { ada: {} }, organizations: { pub: { members: ['ada'] } } },
  });
  const [{ reply }, image] = [huggingFace.upstream, await createImage(20, 20)];
  huggingFace.upstream.reply = (response, request) =>
    (request.url.startsWith('/avatars/') ? bytes(200, image) : reply)(response, request);
  hub = await startHub({ env: { KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' } });
  const common = { url: huggingFace.url, source_type: 'huggingface', delivery: 'cache' };
  await adminClient(hub)('PUT', '/fallback/sources-bulk-replace', {
    sources: [
      { ...common, name: 'Public', exclude: ['sec/*'] },
      { ...common, name: 'Secret', token: 'hf_source', require_auth: true, include: ['sec/*'] },
    ],
  });
  user = await createTestUser(hub, 'user');
  for (const repo of REPOS) {
    for (const [, path, options] of READS) await as(path(repo), options);
    for (const file of ['config.json', 'model.bin'])
      await eventually(async () => (await as(`/${repo}/resolve/main/${file}`)).headers['x-cache'] === 'hit');
  }
  for (const path of PEOPLE) expect((await send(path)).status).toBe(200);
});
afterAll(async () => {
  await hub?.close();
  await huggingFace?.close();
});

/** Node.js reports each client socket of this process on this channel. */
const SOCKETS = 'net.client.socket';
const observe = (message: unknown): void => {
  const { socket } = message as { socket: Socket };
  socket.on('connectionAttempt', (_ip, port) => ports.push(String(port)));
  socket.on('lookup', (_error, _address, _family, host) => ports.push(host));
};

beforeEach(() => {
  huggingFace.forget();
  ports = [];
  subscribe(SOCKETS, observe);
});
afterEach(() => {
  unsubscribe(SOCKETS, observe);
  if (!isOffline) return;
  expect(new Set(ports)).toEqual(new Set([new URL(hub.url).port]));
  expect(huggingFace.requests).toEqual([]);
});

let isOffline = false;
async function switchOffline(offline: boolean): Promise<void> {
  expect(await adminClient(hub)('PUT', '/offline', { offline })).toMatchObject({ status: 200, body: { offline } });
  isOffline = offline;
}

describe('a hub that is switched offline', () => {
  beforeAll(async () => {
    await ageKeptAnswers(hub, 30 * 86_400);
    hub.app.get(ProfileCache, { strict: false }).clear();
    await switchOffline(true);
  });
  afterAll(() => switchOffline(false));

  it.each(REPOS.flatMap((repo) => READS.map(([what, path, options = {}]) => [repo, what, path, options] as const)))(
    'serves what it has: %s, %s',
    async (repo, what, path, options) => {
      const response = await as(path(repo), options);
      const status = what === 'HEAD of a missing file' ? 404 : what === 'a range' ? 206 : 200;
      expect([response.status, response.headers['x-error-code']]).toEqual([
        status,
        status === 404 ? 'EntryNotFound' : undefined,
      ]);
      if (what === 'info') expect(response.headers).toMatchObject(STALE);
      if (what === 'a range') expect(response.body.toString()).toBe('large');
    },
  );

  it.each([
    ['with other fields', '/api/models/pub/open?expand=sha&expand=tags'],
    [
      'of a commit instead of its branch',
      () => `/api/models/pub/open/revision/${huggingFace.repo('pub/open').main.id}`,
    ],
  ] as const)('serves information about a repository %s', async (_, path) => {
    const response = await send(typeof path === 'string' ? path : path());
    expect([response.status, response.headers['x-freshness']]).toEqual([200, 'stale']);
    expect(response.json()).toMatchObject({ sha: huggingFace.repo('pub/open').main.id });
  });

  it.each(['raw', 'resolve'])('serves a file that it has: /%s/', async (verb) => {
    for (const method of ['GET', 'HEAD'] as const) {
      const response = await send(`/pub/open/${verb}/main/config.json`, { method });
      expect([response.status, response.body.toString()]).toEqual([200, method === 'GET' ? FILES['config.json'] : '']);
      if (method === 'GET') expect(response.headers).toMatchObject({ 'x-cache': 'hit', 'x-source': 'Public' });
      expect(response.headers['content-security-policy']).toContain('sandbox');
    }
  });

  it.each<['HEAD' | 'GET', (revision: string) => string]>([
    ['HEAD', (revision) => `/pub/open/resolve/${revision}/absent.json`],
    ['GET', (revision) => `/pub/open/resolve/${revision}/absent.json`],
    ['GET', (revision) => `/pub/open/raw/${revision}/absent.json`],
    ['GET', (revision) => `/api/models/pub/open/tree/${revision}/absent`],
  ])('reports what a commit does not have according to its list of files: %s, %#', async (method, path) => {
    const commit = huggingFace.repo('pub/open').main.id;
    for (const revision of ['main', commit]) {
      const response = await send(path(revision), { method });
      expect(response.status).toBe(404);
      expect(response.headers).toMatchObject({ 'x-error-code': 'EntryNotFound', 'x-repo-commit': commit });
    }
  });

  it.each(PEOPLE)('serves lists and accounts that it has: %s', async (path) => {
    const response = await send(path);
    expect(response.status).toBe(200);
    expect(response.headers).toMatchObject({ ...STALE, 'x-source': 'Public' });
  });

  it.each([
    ['a repository', '/api/models/pub/unknown', 'GET'],
    ['a revision', '/api/models/pub/open/revision/dev', 'GET'],
    ['another form of a list of files', '/api/models/pub/open/tree/main?expand=true', 'GET'],
    ['metadata of a file', '/pub/open/resolve/main/README.md', 'HEAD'],
    ['a file', '/pub/open/resolve/main/README.md', 'GET'],
    ['a raw file', '/pub/open/raw/main/README.md', 'GET'],
    ['the pointer of a large file', '/pub/open/raw/main/model.bin', 'GET'],
    ['an account', '/api/users/unknown/overview', 'GET'],
  ] as const)('responds at once that it does not have %s', async (_, path, method) => {
    const response = await send(path, { method });
    expect([response.status, response.headers['x-error-code']]).toEqual([424, 'Offline']);
    expect(response.headers['x-error-message']).toMatch(MESSAGE);
    // huggingface_hub prints this, and "check your connection" instead of the message
    if (method === 'HEAD') expect(response.headers['x-hf-warning']).toMatch(MESSAGE);
    expect(response.headers).not.toHaveProperty('retry-after');
  });

  it('names the command to use instead of git clone', async () => {
    const response = await send('/pub/open.git/info/refs?service=git-upload-pack');
    expect([response.status, response.body.toString()]).toEqual([
      424,
      expect.stringContaining(`offline for the source Public, so its repositories cannot be cloned`),
    ]);
    expect(response.body.toString()).toContain(`HF_ENDPOINT=${hub.url} hf download pub/open`);
  });

  it('leaves sources out of lists that it does not have', async () => {
    const response = await send('/api/models?search=unknown');
    expect([response.status, response.json()]).toEqual([200, []]);
    expect(response.headers['x-source-failures']).toContain('Public');
  });

  it('sends no requests for administrators and new names', async () => {
    const admin = adminClient(hub);
    const sources = (await admin('GET', '/fallback-sources')).body as { id: number }[];
    const test = await admin('POST', `/fallback-sources/${sources[0]!.id}/test`);
    expect(test.body).toMatchObject({ ok: false, detail: expect.stringContaining('offline') });
    const draft = { name: 'D', url: huggingFace.url, source_type: 'huggingface' };
    expect((await admin('POST', '/fallback-sources/test', draft)).body).toMatchObject({ ok: false });
    const dryRun = { op: 'info', repo_type: 'model', namespace: 'pub', name: 'open' };
    expect(await admin('POST', '/fallback/test/simulate', dryRun)).toMatchObject({
      body: { final: { status: 424 }, attempts: [{ category: 'offline' }] },
    });
    expect((await admin('POST', '/fallback/test/simulate', { ...dryRun, sources: [draft] })).body).toMatchObject({
      final: { status: 424 },
    });
    expect((await as('/api/repos/create', { method: 'POST', json: { name: 'mine' } })).status).toBe(200);
  });

  it('reports it', async () => {
    expect((await send('/health/ready')).json()).toMatchObject({
      status: 'ok',
      info: { sources: { mode: 'offline' } },
    });
    expect((await adminClient(hub)('GET', '/offline')).body).toEqual({ offline: true, set_by: 'administrator' });
    expect((await scrape(hub.url)).value('hubfall_component_up', { component: 'sources' })).toBeUndefined();
  });
});

describe('access is the same online and offline', () => {
  const METHODS = ['HEAD', 'GET', 'a range', 'tree'];
  const GIT = '.git/info/refs?service=git-upload-pack';
  afterAll(() => switchOffline(false));

  it.each([false, true])('offline: %s', async (offline) => {
    await switchOffline(offline);
    const outcomes: Record<string, number[]> = {};
    const former = await createTestUser(hub, `former-${offline}`);
    expect((await send('/sec/private/resolve/main/config.json', { headers: former.headers })).status).toBe(200);
    expect((await adminClient(hub)('DELETE', `/accounts/${former.name}`)).status).toBe(200);
    const callers: Record<string, Record<string, string>> = {
      'allowed until a second ago': former.headers,
      anonymous: {},
      user: user.headers,
      unknown: { authorization: 'Bearer hf_revoked' },
    };
    for (const [caller, headers] of Object.entries(callers))
      for (const repo of REPOS)
        outcomes[`${caller} ${repo}`] = await Promise.all([
          ...READS.filter(([what]) => METHODS.includes(what)).map(
            async ([, path, options]) =>
              (await send(path(repo), { ...options, headers: { ...options?.headers, ...headers } })).status,
          ),
          send(`/${repo}${GIT}`, { headers }).then(({ status }) => status),
        ]);
    // git is redirected to sources, which is not possible for cached repositories, and not offline
    const all = [200, 200, 200, 206, offline ? 424 : 501];
    const none = (status: number): number[] => [status, status, status, status, 401];
    expect(outcomes).toEqual({
      'allowed until a second ago pub/open': none(401),
      'allowed until a second ago sec/gated': none(401),
      'allowed until a second ago sec/private': none(401),
      'anonymous pub/open': all,
      'anonymous sec/gated': none(404),
      'anonymous sec/private': none(404),
      'user pub/open': all,
      'user sec/gated': all,
      'user sec/private': all,
      'unknown pub/open': none(401),
      'unknown sec/gated': none(401),
      'unknown sec/private': none(401),
    });
  });
});

describe('while the source does not respond', () => {
  let reply: FakeHuggingFace['upstream']['reply'];
  beforeAll(async () => {
    ({ reply } = huggingFace.upstream);
    hub.app.get(ProfileCache, { strict: false }).clear();
    for (const path of PEOPLE) expect((await send(path)).status).toBe(200);
  });
  afterAll(() => {
    huggingFace.upstream.reply = reply;
  });

  it.each([200, 404])('an avatar is not replaced by a web page with status %s', async (status) => {
    const before = await send('/api/users/ada/avatar');
    await ageKeptAnswers(hub, 2 * 86_400);
    hub.app.get(ProfileCache, { strict: false }).clear();
    huggingFace.upstream.reply = html(status);
    const after = await send('/api/users/ada/avatar');
    expect([after.status, after.body]).toEqual([200, before.body]);
  });

  it.each(PEOPLE)('people are served as they were, with their age: %s', async (path) => {
    huggingFace.upstream.reply = json(503, { error: 'down' });
    hub.app.get(ProfileCache, { strict: false }).clear();
    const response = await send(path);
    expect(response.status).toBe(200);
    expect(response.headers).toMatchObject({ 'x-freshness': 'stale', age: expect.stringMatching(/^\d{6,}$/) });
  });
});
