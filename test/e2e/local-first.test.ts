import { LocalRepos } from '../support/local-repos.js';
import { AccountsService } from '../../src/users/accounts.service.js';
import { FallbackCacheService } from '../../src/fallback/cache/fallback-cache.service.js';
import { bytes, json } from '../support/fake-replies.js';
import { requestText } from '../support/fake-upstream.js';
import { startHubWithSources, type HubWithSources } from '../support/hub-with-sources.js';

const SHA = 'a'.repeat(40);
const authorize = (token: string): { headers: Record<string, string> } => ({
  headers: { authorization: `Bearer ${token}` },
});

let world: HubWithSources;
let store: LocalRepos;
let alicesToken: string;
let bobsToken: string;
const bearerOf: Record<string, () => string> = { alice: () => alicesToken, bob: () => bobsToken };

async function make(name: string, isPrivate: boolean): Promise<string> {
  const repo = { type: 'model', namespace: 'alice', name } as const;
  const repository = await store.createRepository({ repo, ownerName: 'alice', private: isPrivate });
  const files = ['a.txt', 'dir/b c#%+é.txt', 'dir/deep/c.bin'].map((path, n) => ({
    kind: 'file' as const,
    path,
    content: Buffer.from(`content ${n}`),
  }));
  return store.commit(repository, { branch: 'main', summary: 'files', author: { name: 'alice' }, operations: files });
}

beforeAll(async () => {
  world = await startHubWithSources([json(200, { id: 'strangers/repository', sha: SHA }, { 'x-repo-commit': SHA })]);
  store = LocalRepos.of(world.hub.app);
  const accounts = world.hub.app.get(AccountsService);
  for (const name of ['alice', 'bob']) await accounts.createUser({ name });
  alicesToken = await accounts.createToken('alice', { name: 'laptop', role: 'read' });
  bobsToken = await accounts.createToken('bob', { name: 'laptop', role: 'read' });
});
afterAll(() => world.close());
beforeEach(() => world.sources[0]!.forget());

describe('a local repository', () => {
  let sha: string;
  beforeAll(async () => {
    // A source's repository of this name was served before. The new local one hides it immediately.
    expect((await world.sendRequest('/api/models/alice/shadow')).json()).toMatchObject({
      id: 'strangers/repository',
      _source: 'A',
    });
    sha = await make('shadow', false);
  });

  it('is served locally in every operation, without requests to sources', async () => {
    const info = (await world.sendRequest('/api/models/alice/shadow')).json();
    expect(info).toMatchObject({ id: 'alice/shadow', sha, private: false });
    expect(info).not.toHaveProperty('_source', 'A');
    const paths = [
      '/revision/main',
      '/tree/main?recursive=true&expand=true',
      '/refs',
      '/commits/main',
      '/resolve/main/a.txt',
      '/raw/main/a.txt',
    ];
    for (const path of paths)
      expect({ path, status: (await world.sendRequest(`/api/models/alice/shadow${path}`)).status }).toEqual({
        path,
        status: 200,
      });
    const options = {
      method: 'POST' as const,
      body: '{"paths":["a.txt","none"]}',
      headers: { 'content-type': 'application/json' },
    };
    expect((await world.sendRequest(`/api/models/alice/shadow/paths-info/${sha}`, options)).json()).toMatchObject([
      { path: 'a.txt' },
    ]);
    expect(world.sources[0]!.requests).toEqual([]);
  });

  it('serves files with Range, If-None-Match and special characters in names', async () => {
    const file = '/alice/shadow/resolve/main/dir/b%20c%23%25%2B%C3%A9.txt';
    const head = await world.sendRequest(file, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
    expect(head.headers).toMatchObject({ 'x-repo-commit': sha, 'content-length': '9', 'accept-ranges': 'bytes' });
    expect(head.headers).not.toHaveProperty('content-encoding');
    expect(head.headers['etag']).toMatch(/^"[0-9a-f]{40}"$/);
    expect((await world.sendRequest(file)).body.toString()).toBe('content 1');
    const ranges: [string, number, string, string?][] = [
      ['bytes=0-2', 206, 'con', 'bytes 0-2/9'],
      ['bytes=-1', 206, '1', 'bytes 8-8/9'],
      ['bytes=7-', 206, ' 1', 'bytes 7-8/9'],
      ['bytes=0-1,3-4', 200, 'content 1'],
    ];
    for (const [range, status, body, contentRange] of ranges) {
      const part = await world.sendRequest(file, { headers: { range } });
      expect({
        range,
        status: part.status,
        body: part.body.toString(),
        contentRange: part.headers['content-range'],
      }).toEqual({ range, status, body, contentRange });
    }
    const beyond = await world.sendRequest(file, { headers: { range: 'bytes=99-' } });
    expect({ status: beyond.status, range: beyond.headers['content-range'] }).toEqual({
      status: 416,
      range: 'bytes */9',
    });
    const same = await world.sendRequest(file, { headers: { 'if-none-match': head.headers['etag']! } });
    expect({ status: same.status, etag: same.headers['etag'] }).toEqual({ status: 304, etag: head.headers['etag'] });
  });

  it('has final 404 responses for missing files and revisions', async () => {
    const entry = await world.sendRequest('/alice/shadow/resolve/main/none.txt');
    expect({
      status: entry.status,
      code: entry.headers['x-error-code'],
      commit: entry.headers['x-repo-commit'],
    }).toEqual({ status: 404, code: 'EntryNotFound', commit: sha });
    const revision = await world.sendRequest('/api/models/alice/shadow/tree/v9');
    expect({ status: revision.status, code: revision.headers['x-error-code'] }).toEqual({
      status: 404,
      code: 'RevisionNotFound',
    });
    expect((await world.sendRequest('/api/models/alice/shadow/tree/main/none')).headers['x-error-code']).toBe(
      'EntryNotFound',
    );
    expect(world.sources[0]!.requests).toEqual([]);
  });

  it('returns its tree in pages whose links point to the hub', async () => {
    const listed: string[] = [];
    for (let path: string | undefined = '/api/models/alice/shadow/tree/main?recursive=true&limit=2'; path;) {
      const page = await world.sendRequest(path);
      listed.push(...(page.json() as { path: string }[]).map((entry) => entry.path));
      const link: string | undefined = /<([^>]*)>; rel="next"/.exec(page.headers['link'] ?? '')?.[1];
      expect(link ?? world.hub.url).toMatch(world.hub.url);
      path = link?.slice(world.hub.url.length);
    }
    expect(listed.sort()).toEqual(['.gitattributes', 'a.txt', 'dir', 'dir/b c#%+é.txt', 'dir/deep', 'dir/deep/c.bin']);
  });
});

describe('a local repository whose id is requested in other capitals', () => {
  const theirs = json(200, { id: 'Alice/CASED', sha: SHA }, { 'x-repo-commit': SHA, etag: `"${SHA}"` });
  const batch = { operation: 'download', transfers: ['basic'], objects: [{ oid: 'b'.repeat(64), size: 3 }] };
  const idOf = async (path: string): Promise<unknown> => ((await world.sendRequest(path)).json() as { id: unknown }).id;
  beforeAll(() => make('Cased', false));
  beforeEach(() => world.hub.app.get(FallbackCacheService).clear());
  afterEach(
    () => (world.sources[0]!.reply = json(200, { id: 'strangers/repository', sha: SHA }, { 'x-repo-commit': SHA })),
  );

  it('does not hide the repository of a source that distinguishes case', async () => {
    world.sources[0]!.reply = theirs;
    expect(await idOf('/api/models/Alice/CASED')).toBe('Alice/CASED');
    const file = await world.sendRequest('/Alice/CASED/resolve/main/a.txt', { method: 'HEAD' });
    expect([file.status, file.headers['x-source']]).toEqual([200, 'A']);
    const git = await world.sendRequest('/Alice/CASED.git/info/refs?service=git-upload-pack');
    expect([git.status, git.headers['location']]).toEqual([302, expect.stringContaining(world.sources[0]!.url)]);
    const lfs = await world.sendRequest('/Alice/CASED.git/info/lfs/objects/batch', { method: 'POST', json: batch });
    expect([lfs.status, lfs.headers['location']]).toEqual([307, expect.stringContaining(world.sources[0]!.url)]);
  });

  it.each(['alice/Cased', 'alice/cased'])('is always served as %s', async (id) => {
    world.sources[0]!.reply = theirs;
    expect(await idOf(`/api/models/${id}`)).toBe('alice/Cased');
    expect(world.sources[0]!.requests).toEqual([]);
  });

  it.each([
    ['does not have it', bytes(404, '{"error":"Repository not found"}', { 'x-error-code': 'RepoNotFound' })],
    ['fails', bytes(503, 'down')],
  ])('is served if the source %s', async (_case, reply) => {
    world.sources[0]!.reply = reply;
    expect(await idOf('/api/models/Alice/CASED')).toBe('alice/Cased');
    expect((await world.sendRequest('/Alice/CASED/resolve/main/a.txt')).body.toString()).toBe('content 0');
    const git = await world.sendRequest('/Alice/CASED.git/info/refs?service=git-upload-pack');
    const lfs = await world.sendRequest('/Alice/CASED.git/info/lfs/objects/batch', { method: 'POST', json: batch });
    expect([git.status, lfs.status]).toEqual([200, 200]);
  });

  it('is never looked up if it is private', async () => {
    await make('Hidden', true);
    world.sources[0]!.reply = theirs;
    expect((await world.sendRequest('/api/models/ALICE/HIDDEN')).status).toBe(404);
    expect(world.sources[0]!.requests).toEqual([]);
  });
});

describe('a private repository', () => {
  beforeAll(() => make('secret', true));

  it.each(['anonymous', 'bob'])(
    'looks exactly like a missing one to %s, and its name is not sent to sources',
    async (user) => {
      const options = bearerOf[user] ? authorize(bearerOf[user]()) : {};
      const strip = ({ status, headers, body }: Awaited<ReturnType<HubWithSources['sendRequest']>>): unknown => ({
        status,
        body: body.toString(),
        headers: { ...headers, date: '', 'x-request-id': '' },
      });
      for (const path of ['', '/tree/main', '/resolve/main/a.txt']) {
        const hidden = await world.sendRequest(`/api/models/alice/secret${path}`, options);
        const missing = await world.sendRequest(`/api/models/alice/nothing${path}?fallback=false`, options);
        expect(strip(hidden)).toEqual(strip(missing));
        expect(hidden.headers['x-error-code']).toBe('RepoNotFound');
      }
      expect(world.sources[0]!.requests.map(requestText).join()).not.toContain('secret');
    },
  );

  it('is readable by its owner', async () => {
    expect((await world.sendRequest('/api/models/alice/secret', authorize(alicesToken))).json()).toMatchObject({
      private: true,
    });
  });
});

describe('the caller’s token', () => {
  it('never leaves the hub, whether it is in a header or a cookie, and is refused in the query', async () => {
    const basic = Buffer.from(`alice:${alicesToken}`).toString('base64');
    const credentials = [
      authorize(alicesToken),
      { headers: { authorization: `Basic ${basic}` } },
      { headers: { cookie: `token=${alicesToken}` } },
    ];
    for (const [n, options] of credentials.entries()) await world.sendRequest(`/api/models/o/sent-${n}`, options);
    expect((await world.sendRequest(`/api/models/o/sent?token=${alicesToken}`)).status).toBe(400);
    expect(world.sources[0]!.requests.length).toBe(3);
    for (const text of world.sources[0]!.requests.map(requestText)) {
      expect(text).not.toContain(alicesToken);
      expect(text).not.toContain(basic);
    }
  });

  it('is refused if it is invalid, on public repositories too', async () => {
    for (const path of ['/api/models/alice/shadow', '/api/models/o/x', '/o/x/resolve/main/a']) {
      const response = await world.sendRequest(path, authorize('hf_invalid-token-000000000000000000000'));
      expect({ status: response.status, message: response.headers['x-error-message'] }).toEqual({
        status: 401,
        message: 'Invalid credentials in Authorization header',
      });
    }
    expect(world.sources[0]!.requests).toEqual([]);
  });
});

describe('sources that require sign-in', () => {
  it('are not used for anonymous callers, and the two kinds of callers share no binding', async () => {
    const facts = [{ require_auth: true }, {}];
    const fixture = await startHubWithSources([json(200, { id: 'internal' }), bytes(404, '')], { facts });
    await fixture.hub.app.get(AccountsService).createUser({ name: 'carol' });
    const token = await fixture.hub.app.get(AccountsService).createToken('carol', { name: 't', role: 'read' });
    expect((await fixture.sendRequest('/api/models/o/x')).status).toBe(404);
    expect((await fixture.sendRequest('/api/models/o/x', authorize(token))).json()).toMatchObject({ id: 'internal' });
    expect((await fixture.sendRequest('/api/models/o/x')).status).toBe(404);
    expect(fixture.sources[0]!.requests.length).toBe(1);
    await fixture.close();
  });

  it('can be all sources (KOHAKU_HUB_FALLBACK_REQUIRE_AUTH)', async () => {
    const closed = await startHubWithSources([json(200, { id: 'o/x' })], {
      env: { KOHAKU_HUB_FALLBACK_REQUIRE_AUTH: 'true' },
    });
    expect((await closed.sendRequest('/api/models/o/x')).status).toBe(404);
    expect(closed.sources[0]!.requests).toEqual([]);
    await closed.close();
  });
});
