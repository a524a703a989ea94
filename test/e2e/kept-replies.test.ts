import { ProfileCache } from '../../src/fallback/cache/profile-cache.service.js';
import { adminClient } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { hang, html, json, reset, text } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { ageKeptAnswers, forgetKeptAnswers } from '../support/kept-answers.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestUser } from '../support/test-users.js';

// Replies of a source whose files are cached are kept: fresh for a minute, then checked once (docs/adr/0043).
const WINDOW = 60;
const FILES = { 'README.md': '# Kept', 'config.json': '{}', 'sub/large.bin': { lfs: 'large '.repeat(100) } };

let huggingFace: FakeHuggingFace;
let hub: RunningHub;
let repositories = 0;
let id: string;
let SETTING: object;

beforeAll(async () => {
  huggingFace = await FakeHuggingFace.start({
    repos: Array.from({ length: 80 }, (_, n) => ({ id: `org/r${n + 1}`, files: FILES })),
    people: { users: { ada: {} }, organizations: { pub: { members: ['ada'] } } },
  });
  SETTING = {
    name: 'Kept',
    url: huggingFace.url,
    source_type: 'huggingface',
    delivery: 'cache',
    fresh_seconds: WINDOW,
  };
  hub = await startHub({
    env: { KOHAKU_HUB_FALLBACK_TIMEOUT: '1', KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true' },
  });
  await adminClient(hub)('PUT', '/fallback/sources-bulk-replace', { sources: [SETTING] });
});
afterAll(async () => {
  await hub?.close();
  await huggingFace?.close();
});
beforeEach(() => {
  id = `org/r${++repositories}`;
  huggingFace.forget();
});

const send = (path: string, options?: RequestOptions): Promise<HttpResponse> => sendRequest(hub.url, path, options);
const requests = (): string[] => huggingFace.upstream.requests.map(({ method, url }) => `${method} ${url}`);
const currentCommit = (): string => huggingFace.repo(id).main.id;

interface Read extends RequestOptions {
  readonly what: string;
  readonly path: (repo: string) => string;
}
const READS: readonly Read[] = [
  { what: 'info', path: (repo) => `/api/models/${repo}` },
  { what: 'revision', path: (repo) => `/api/models/${repo}/revision/main` },
  { what: 'tree', path: (repo) => `/api/models/${repo}/tree/main?recursive=true` },
  {
    what: 'paths-info',
    path: (repo) => `/api/models/${repo}/paths-info/main`,
    method: 'POST',
    json: { paths: ['config.json'], expand: false },
  },
  { what: 'refs', path: (repo) => `/api/models/${repo}/refs` },
  { what: 'commits', path: (repo) => `/api/models/${repo}/commits/main` },
  { what: 'HEAD', path: (repo) => `/${repo}/resolve/main/config.json`, method: 'HEAD' },
  { what: 'HEAD of a missing file', path: (repo) => `/${repo}/resolve/main/missing.txt`, method: 'HEAD' },
];
const read = ({ path, ...options }: Read): Promise<HttpResponse> => send(path(id), options);

describe.each(READS)('a kept reply: $what', (operation) => {
  it('is served without asking the source, also after a restart', async () => {
    const first = await read(operation);
    huggingFace.forget();
    const second = await read(operation);
    await forgetKeptAnswers(hub.app);
    const third = await read(operation);
    expect(requests()).toEqual([]);
    for (const next of [second, third]) {
      expect([next.status, next.body]).toEqual([first.status, first.body]);
      for (const header of ['etag', 'x-repo-commit', 'link', 'x-error-code', 'content-type'])
        expect(next.headers[header]).toBe(first.headers[header]);
    }
    if (first.status === 200)
      expect(third.headers).toMatchObject({ age: '0', 'x-freshness': 'fresh', 'x-source': 'Kept' });
  });

  it('is served after the window, and checked by one request of many', async () => {
    await read(operation);
    await ageKeptAnswers(hub, WINDOW + 10);
    huggingFace.forget();
    const responses = await Promise.all(Array.from({ length: 10 }, () => read(operation)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([responses[0]!.status]));
    if (responses[0]!.status === 200)
      expect(responses[0]!.headers).toMatchObject({ age: '70', 'x-freshness': 'revalidated' });
    await eventually(async () => (await read(operation)).headers['x-freshness'] !== 'revalidated');
    expect(requests()).toHaveLength(1);
  });
});

describe('a branch that moves', () => {
  it('is served as it was until it was checked, and never with files of another commit', async () => {
    const [, revision, tree] = READS;
    const before = currentCommit();
    await read(revision!);
    await read(tree!);
    huggingFace.repo(id).commit({ 'new.txt': 'new' });
    await ageKeptAnswers(hub, WINDOW + 1);
    expect((await read(revision!)).json()).toMatchObject({ sha: before });
    await eventually(async () => ((await read(revision!)).json() as { sha: string }).sha === currentCommit());
    expect((await read(tree!)).json()).toEqual([expect.objectContaining({ path: 'new.txt' })]);
  });

  it('is waited for if the kept reply is much older than the window', async () => {
    await read(READS[1]!);
    huggingFace.repo(id).commit({ 'new.txt': 'new' });
    await ageKeptAnswers(hub, WINDOW * 11);
    const response = await read(READS[1]!);
    expect([response.json(), response.headers['x-freshness']]).toEqual([
      expect.objectContaining({ sha: currentCommit() }),
      'revalidated',
    ]);
  });

  it('shares the replies about its commit', async () => {
    await read(READS[6]!);
    huggingFace.forget();
    await send(`/${id}/resolve/${currentCommit()}/config.json`, { method: 'HEAD' });
    expect(requests()).toEqual([]);
  });
});

it('the source is asked once whether a commit has a file', async () => {
  const path = `/${id}/resolve/${currentCommit()}/README.rst`;
  for (const method of ['HEAD', 'GET', 'HEAD'] as const) {
    const response = await send(path, { method });
    expect([response.status, response.headers['x-error-code']]).toEqual([404, 'EntryNotFound']);
    expect(response.headers['x-repo-commit']).toBe(currentCommit());
  }
  expect(requests()).toEqual([`HEAD ${path}`]);
});

it('a reply with an ETag is requested on the condition that it has changed', async () => {
  const reply: Responder = (response, request) =>
    request.headers['if-none-match'] === '"v1"'
      ? response.writeHead(304, { etag: '"v1"' }).end()
      : json(200, { id, sha: currentCommit(), downloads: 1 }, { etag: '"v1"' })(response, request);
  huggingFace.scripts.set(id, reply);
  const [info] = READS;
  const first = await read(info!);
  await ageKeptAnswers(hub, WINDOW * 11);
  const second = await read(info!);
  expect([second.body, second.headers['x-freshness'], second.headers['age']]).toEqual([first.body, 'revalidated', '0']);
  expect(huggingFace.upstream.requests.at(-1)!.headers['if-none-match']).toBe('"v1"');
});

describe('while the source does not respond', () => {
  const FAULTS: readonly (readonly [string, Responder])[] = [
    ['HTTP 500', text(500, 'broken')],
    ['HTTP 503', json(503, { error: 'down' })],
    ['HTTP 429', json(429, { error: 'Too many requests' })],
    ['a closed connection', reset()],
    ['no response', hang()],
    ['a web page', html()],
    ['truncated JSON', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":')],
  ];

  it.each(FAULTS)('(%s) kept replies are served, others are errors', async (_, fault) => {
    for (const operation of READS) await read(operation);
    const hours = 3;
    await ageKeptAnswers(hub, hours * 3600);
    huggingFace.scripts.set(id, fault);
    for (const operation of READS) {
      const response = await read(operation);
      const isMissing = operation.what === 'HEAD of a missing file';
      expect([operation.what, response.status]).toEqual([operation.what, isMissing ? 404 : 200]);
      if (isMissing) continue;
      expect(response.headers['x-freshness']).toBe('stale');
      expect(Number(response.headers['age'])).toBeGreaterThanOrEqual(hours * 3600);
    }
    const unknown = await send(`/api/models/${id}/tree/main/sub`);
    expect(unknown.status).toBeGreaterThanOrEqual(429);
  });

  it('a name that is stored as an organization is not requested as a user', async () => {
    expect((await send('/api/organizations/pub/members')).status).toBe(200);
    await ageKeptAnswers(hub, 2 * WINDOW);
    hub.app.get(ProfileCache).clear();
    huggingFace.forget();
    expect((await send('/api/users/pub/avatar')).status).toBe(200);
    expect(requests().filter((request) => request.includes('/users/pub'))).toEqual([]);
  });

  it('replies that are older than the limit are not served', async () => {
    await read(READS[0]!);
    await ageKeptAnswers(hub, 604_800 + WINDOW);
    huggingFace.scripts.set(id, json(503, { error: 'down' }));
    expect((await read(READS[0]!)).status).toBe(503);
  });

  it('the first reply after it has recovered is fresh within seconds', async () => {
    await read(READS[0]!);
    await ageKeptAnswers(hub, WINDOW * 11);
    huggingFace.scripts.set(id, json(503, { error: 'down' }));
    expect((await read(READS[0]!)).headers['x-freshness']).toBe('stale');
    huggingFace.scripts.delete(id);
    await eventually(async () => (await read(READS[0]!)).headers['x-freshness'] === 'fresh', 20_000);
  });
});

describe('access that the source withdraws', () => {
  it.each<[string, Responder, number]>([
    ['a deleted repository', json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' }), 404],
    ['a gated repository', json(403, { error: 'Access is restricted' }, { 'x-error-code': 'GatedRepo' }), 401],
  ])('ends all kept replies: %s', async (_, refusal, status) => {
    for (const operation of READS) await read(operation);
    const commit = currentCommit();
    huggingFace.scripts.set(id, refusal);
    await ageKeptAnswers(hub, WINDOW * 11);
    expect((await read(READS[0]!)).status).toBe(status);
    expect((await send(`/api/models/${id}/tree/${commit}?recursive=true`)).status).toBe(status);
    expect((await read(READS[6]!)).status).toBe(status);
  });
});

describe('kept replies belong to the source with its credentials', () => {
  afterAll(() => adminClient(hub)('PUT', '/fallback/sources-bulk-replace', { sources: [SETTING] }));

  it('they are not served after the token has changed, but after other changes', async () => {
    await read(READS[0]!);
    const sources = (await adminClient(hub)('GET', '/fallback-sources')).body as { id: number }[];
    const path = `/fallback-sources/${sources[0]!.id}`;
    await adminClient(hub)('PUT', path, { priority: 7 });
    huggingFace.forget();
    await read(READS[0]!);
    expect(requests()).toEqual([]);
    await adminClient(hub)('PUT', path, { token: 'hf_new' });
    await read(READS[0]!);
    expect(requests()).not.toEqual([]);
  });

  it('they are served only to callers who may use the source', async () => {
    await adminClient(hub)('PUT', '/fallback/sources-bulk-replace', { sources: [{ ...SETTING, require_auth: true }] });
    const { headers } = await createTestUser(hub, 'reader');
    expect((await send(READS[0]!.path(id), { headers })).status).toBe(200);
    expect((await read(READS[0]!)).status).toBe(404);
    huggingFace.forget();
    expect((await send(READS[0]!.path(id), { headers })).status).toBe(200);
    expect(requests()).toEqual([]);
  });
});

it('clearing the cache and removing a repository end kept replies', async () => {
  for (const path of ['/fallback-sources/cache/clear', `/fallback-sources/cache/repo/model/${id}`]) {
    await read(READS[0]!);
    await adminClient(hub)('DELETE', path);
    huggingFace.forget();
    await read(READS[0]!);
    expect(requests()).toHaveLength(1);
  }
});
