import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DownloadCounts } from '../../src/repos/store/download-counts.service.js';
import { adminClient } from '../support/admin-client.js';
import { json, text } from '../support/fake-replies.js';
import { requestText, type Responder } from '../support/fake-upstream.js';
import { GitProgram } from '../support/git-program.js';
import { gitServer } from '../support/git-server.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const REFS = '/info/refs?service=git-upload-pack';

let world: HubWithSources;
let git: GitProgram;
let alice: TestUser;
let commit: string;

/** A source that has all repositories and serves git requests with git's own program. `closed` requires a password. */
const source =
  (folder: string): Responder =>
  (response, request) => {
    if (request.url.startsWith('/api/')) return json(200, { id: 'o/repo', sha: 'a'.repeat(40) })(response, request);
    const challenge = { 'www-authenticate': 'Basic realm="source"' };
    if (request.url.includes('closed')) return text(401, 'sign in\n', challenge)(response, request);
    return gitServer(folder)(response, request);
  };

beforeAll(async () => {
  git = await GitProgram.start({ 'user.name': 'a', 'user.email': 'a@b' });
  await git.output('', 'init', '--quiet', '--initial-branch=main', 'origin');
  await git.output('origin', 'commit', '--quiet', '--allow-empty', '-m', 'first');
  commit = await git.output('origin', 'rev-parse', 'HEAD');
  const replies = Array.from({ length: 5 }, () => source(`${git.home}/origin`));
  const facts = [
    { host: '127.0.0.2', include: ['o/*', 'dataset:*/*', 'gpt2'] },
    { source_type: 'kohakuhub', include: ['k/*'] } as const,
    { token: 'hf_the-sources-own', include: ['t/*'] },
    { delivery: 'proxy', include: ['p/*'] } as const,
    { require_auth: true, include: ['a/*'] },
  ];
  world = await startHubWithSources(replies, { facts, env: { KOHAKU_HUB_FALLBACK_RESERVED_NAMESPACES: 'ours' } });
  alice = await createTestUser(world.hub, 'alice');
});
afterAll(() => world.close());
beforeEach(() => world.sources.forEach((upstream) => upstream.forget()));

const urlWithToken = (path: string): string => `${world.hub.url.replace('://', `://alice:${alice.token}@`)}${path}`;

describe('git clone of an external repository', () => {
  it.each([
    ['/o/repo', '/o/repo'],
    ['/o/repo.git', '/o/repo'],
    ['/gpt2', '/gpt2'],
    ['/datasets/o/repo', '/datasets/o/repo'],
  ])('at %s redirects to %s at its source, also for later fetches', async (path, sourcePath) => {
    const into = path.slice(1).replaceAll('/', '-');
    await git.output('', 'clone', '--quiet', urlWithToken(path), into);
    expect(await git.output(into, 'rev-parse', 'HEAD')).toBe(commit);
    await git.output(into, 'fetch', '--quiet');
    const requests = world.sources[0]!.requests.map(({ method, url }) => `${method} ${url}`);
    expect(requests.filter((line) => !line.includes('/api/')).slice(0, 2)).toEqual([
      `GET ${sourcePath}${REFS}`,
      `POST ${sourcePath}/git-upload-pack`,
    ]);
  });

  it('is an event of the audit log', async () => {
    await git.output('', 'clone', '--quiet', urlWithToken('/o/recorded'), 'recorded');
    await world.hub.app.get(DownloadCounts, { strict: false }).flush();
    const { body } = await adminClient(world.hub)('GET', '/audit-log?action=repo.download&repo=o/recorded');
    expect((body as { events: unknown[] }).events).toMatchObject([
      {
        actor_kind: 'anonymous', // git sends credentials only after status 401
        repo_type: 'model',
        bytes: 0,
        data: { delivery: 'redirected', over: 'git', source: expect.any(String) },
      },
    ]);
  });

  it.each(['/o/repo', '/o/closed'])(
    'sends no credentials to the source, even if it requires some: %s',
    async (path) => {
      await git.run('', 'clone', '--quiet', urlWithToken(path), `with${path.replaceAll('/', '-')}`);
      const requests = world.sources[0]!.requests;
      expect(requests.some(({ url }) => url.startsWith(path))).toBe(true);
      const basic = Buffer.from(`alice:${alice.token}`).toString('base64');
      for (const request of requests) {
        expect(request.headers).not.toHaveProperty('authorization');
        expect(requestText(request)).not.toContain(alice.token);
        expect(requestText(request)).not.toContain(basic);
      }
    },
  );

  it.each([
    ['a token', () => `Authorization: Bearer ${alice.token}`],
    ['a password', () => `Authorization: Basic ${Buffer.from(`alice:${alice.token}`).toString('base64')}`],
    ['a cookie', () => `Cookie: hubfall_session=${alice.token}`],
    ['the admin token', () => `X-Admin-Token: ${world.hub.adminToken}`],
  ])('is refused if git would repeat %s at the source', async (name, header) => {
    const into = `header-${name.replace(' ', '-')}`;
    const response = await git.run('', '-c', `http.extraHeader=${header()}`, 'clone', `${world.hub.url}/o/repo`, into);
    expect(world.sources[0]!.requests.filter(({ url }) => !url.startsWith('/api/'))).toEqual([]);
    expect(response.code).toBe(128);
    expect(response.stderr).toContain('remote: Git would send your credentials for this hub to the source');
  });

  it('is refused to git-lfs with credentials, which it would repeat as well', async () => {
    const path = '/o/repo.git/info/lfs/objects/batch';
    const body = JSON.stringify({ operation: 'download', objects: [{ oid: 'c'.repeat(64), size: 3 }] });
    const headers = { 'content-type': 'application/vnd.git-lfs+json', 'user-agent': 'git-lfs/3.3.0 (linux; go)' };
    const send = (own: Record<string, string>) =>
      world.sendRequest(path, { method: 'POST', body, headers: { ...headers, ...own } });
    expect((await send({})).status).toBe(307);
    expect((await send(alice.headers)).status).toBe(501);
  });

  it('is redirected without caching, to the URL form of the source’s API', async () => {
    for (const [path, location] of [
      ['/o/repo', `${world.sources[0]!.url}/o/repo${REFS}`],
      ['/k/repo', `${world.sources[1]!.url}/k/repo.git${REFS}`],
    ] as const) {
      const response = await world.sendRequest(`${path}${REFS}`);
      expect(response).toMatchObject({ status: 302, headers: { location, 'cache-control': 'no-store' } });
    }
  });

  it.each([
    ['/t/repo', 'hf download t/repo'],
    ['/p/repo', 'hf download p/repo'],
    ['/a/repo', 'hf download a/repo'],
  ])('is refused if clients cannot use the source directly: %s', async (path, instead) => {
    const response = await git.run('', 'clone', urlWithToken(path), 'refused');
    expect(response.code).toBe(128);
    expect(response.stderr).toContain(`remote: Repositories of source`);
    expect(response.stderr).toContain(`Use this command instead: HF_ENDPOINT=${world.hub.url} ${instead}`);
    expect(world.sources.flatMap(({ requests }) => requests).every(({ url }) => url.startsWith('/api/'))).toBe(true);
  });

  it('is not looked up for reserved names or with fallback=false', async () => {
    for (const path of [`/ours/repo${REFS}`, `/o/repo${REFS}&fallback=false`])
      expect([path, (await world.sendRequest(path, { headers: alice.headers })).status]).toEqual([path, 404]);
    expect(world.sources.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('does not redirect requests for objects', async () => {
    const response = await world.sendRequest('/o/repo/git-upload-pack', { method: 'POST', body: '0000' });
    expect(response.status).toBe(401);
    expect(world.sources[0]!.requests).toEqual([]);
  });
});
