import { jest } from '@jest/globals';
import { LocalRepos } from '../support/local-repos.js';
import { ObjectStore } from '../../src/repos/store/object.store.js';
import { sendRequest, type RequestOptions, type HttpResponse } from '../support/send-request.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

let hub: RunningHub;
let alice: TestUser;
let bob: TestUser;
let name = '';
let repoCount = 0;
let head = '';

const askAs = (user: TestUser | undefined, path: string, options: RequestOptions = {}): Promise<HttpResponse> =>
  sendRequest(hub.url, `/api/models/alice/${name}${path}`, {
    ...options,
    headers: { ...user?.headers, ...options.headers },
  });
const post = (path: string, json: unknown = {}, user: TestUser | undefined = alice): Promise<HttpResponse> =>
  askAs(user, path, { method: 'POST', json });
const remove = (path: string, user: TestUser | undefined = alice): Promise<HttpResponse> =>
  askAs(user, path, { method: 'DELETE' });
const get = async <T>(path: string): Promise<T> => (await askAs(undefined, path)).json() as T;

interface Refs {
  readonly branches: { name: string; targetCommit: string }[];
  readonly tags: { name: string; targetCommit: string }[];
}
const refs = async (): Promise<{ branches: [string, string][]; tags: [string, string][] }> => {
  const { branches, tags } = await get<Refs>('/refs');
  const pairs = (list: Refs['tags']) => list.map((ref) => [ref.name, ref.targetCommit] as [string, string]);
  return { branches: pairs(branches), tags: pairs(tags) };
};

async function commit(files: Record<string, string>, branch = 'main'): Promise<string> {
  const store = LocalRepos.of(hub.app);
  const repository = (await store.find({ type: 'model', namespace: 'alice', name }, {}))!;
  const operations = Object.entries(files).map(([path, text]) => ({
    kind: 'file' as const,
    path,
    content: Buffer.from(text),
  }));
  return store.commit(repository, { branch, summary: `write ${branch}`, author: { name: 'alice' }, operations });
}

beforeAll(async () => {
  hub = await startHub();
  [alice, bob] = [await createTestUser(hub, 'alice'), await createTestUser(hub, 'bob')];
});
afterAll(() => hub.close());
beforeEach(async () => {
  name = `refs-${++repoCount}`;
  await sendRequest(hub.url, '/api/repos/create', { method: 'POST', headers: alice.headers, json: { name } });
  head = await commit({ 'a.txt': 'a', 'dir/b.txt': 'b' });
});

describe('branches', () => {
  it('start at main, at a revision, or empty', async () => {
    const [{ id: first }] = (await get<{ id: string }[]>('/commits/main')).slice(-1) as [{ id: string }];
    expect((await post('/branch/v1')).status).toBe(200);
    expect((await askAs(alice, '/branch/bare', { method: 'POST' })).status).toBe(200);
    expect((await post('/branch/old', { startingPoint: first })).status).toBe(200);
    expect((await post('/branch/feature%2Fx', { startingPoint: 'old' })).status).toBe(200);
    expect((await post('/branch/feature/y', { startingPoint: 'v1' })).status).toBe(200);
    expect((await refs()).branches).toEqual([
      ['bare', head],
      ['feature/x', first],
      ['feature/y', head],
      ['main', head],
      ['old', first],
      ['v1', head],
    ]);
    expect((await post('/branch/empty', { emptyBranch: true })).status).toBe(200);
    expect(await get('/tree/empty')).toEqual([]);
    expect(await get('/commits/empty')).toMatchObject([{ title: 'initial commit', authors: [{ user: 'alice' }] }]);
    const later = await commit({ 'c.txt': 'c' }, 'empty');
    expect((await get<{ id: string }[]>('/commits/empty')).map(({ id }) => id)[0]).toBe(later);
  });

  it('are overwritten only on request, and main never', async () => {
    await post('/branch/v1');
    const later = await commit({ 'a.txt': 'later' });
    const duplicate = await post('/branch/v1');
    expect({ status: duplicate.status, body: duplicate.json() }).toMatchObject({
      status: 409,
      body: { error: 'Reference refs/heads/v1 already exists' },
    });
    expect((await post('/branch/v1', { overwrite: true })).status).toBe(200);
    expect((await refs()).branches).toContainEqual(['v1', later]);
    expect((await post('/branch/v1', { overwrite: true, emptyBranch: true })).status).toBe(200);
    expect(await get('/tree/v1')).toEqual([]);
    expect((await post('/branch/main', { overwrite: true, startingPoint: head })).status).toBe(403);
    expect((await post('/branch/main', { overwrite: true, emptyBranch: true })).status).toBe(403);
    expect((await refs()).branches).toContainEqual(['main', later]);
  });

  it.each([
    ['with a pull request’s name', '/branch/refs%2Fpr%2F5', {}, 400],
    ['with a commit id as name', `/branch/${'a'.repeat(40)}`, {}, 400],
    ['from a missing revision', '/branch/x', { startingPoint: 'nothing' }, 404],
    ['below an existing branch', '/branch/main%2Fx', {}, 409],
    ['empty below an existing branch', '/branch/main%2Fx', { emptyBranch: true }, 409],
    ['empty with an existing name', '/branch/main', { emptyBranch: true }, 409],
    ['with a string instead of a boolean', '/branch/x', { overwrite: 'yes' }, 400],
    ['with an invalid name from a missing revision', '/branch/a%20b', { startingPoint: 'nothing' }, 404],
  ])('%s are refused', async (_case, path, body, status) => {
    expect((await post(path, body)).status).toBe(status);
    expect((await refs()).branches).toEqual([['main', head]]);
  });

  it('are deleted, except main', async () => {
    await post('/branch/feature%2Fx');
    const response = await remove('/branch/feature%2Fx');
    expect({ status: response.status, body: response.body.toString() }).toEqual({ status: 200, body: 'OK' });
    const main = await remove('/branch/main');
    expect({ status: main.status, body: main.json() }).toEqual({
      status: 403,
      body: { error: 'Cannot delete refs/heads/main: it is the default branch' },
    });
    const missing = await remove('/branch/feature%2Fx');
    expect([missing.status, missing.headers['x-error-code']]).toEqual([404, 'RevisionNotFound']);
    expect((await refs()).branches).toEqual([['main', head]]);
  });
});

describe('tags', () => {
  it('point to a commit and cannot be created twice', async () => {
    expect((await post('/tag/main', { tag: 'v1.0', message: 'the first' })).status).toBe(200);
    await commit({ 'a.txt': 'later' });
    expect((await post('/tag/v1.0', { tag: 'release/one' })).status).toBe(200);
    expect((await refs()).tags).toEqual([
      ['release/one', head],
      ['v1.0', head],
    ]);
    expect((await askAs(undefined, '/resolve/v1.0/a.txt')).body.toString()).toBe('a');
    expect((await post('/tag/main', { tag: 'v1.0' })).status).toBe(409);
    expect((await post('/tag/main', { tag: 'refs/tags/x' })).status).toBe(400);
    for (const tag of ['x', 'not a name', 'v1.0']) {
      const missing = await post('/tag/nothing', { tag });
      expect([missing.status, missing.headers['x-error-code'], missing.json()]).toEqual([
        404,
        'RevisionNotFound',
        { error: 'Invalid rev id: nothing' },
      ]);
    }
    expect((await post('/tag/main', { tag: 'v1.0' })).json()).toEqual({
      error: 'Reference refs/tags/v1.0 already exists',
    });
    expect((await post('/tag/main', {})).status).toBe(400);
    expect((await remove('/tag/release%2Fone')).status).toBe(200);
    expect((await remove('/tag/release%2Fone')).status).toBe(404);
    expect((await refs()).tags).toEqual([['v1.0', head]]);
  });
});

describe('commits', () => {
  it('have titles and messages formatted as HTML on request', async () => {
    const store = LocalRepos.of(hub.app);
    const repository = (await store.find({ type: 'model', namespace: 'alice', name }, {}))!;
    const operations = [{ kind: 'file' as const, path: 'f', content: Buffer.from('x') }];
    const text = { summary: 'Use <b> & "c"', description: "one\n'two' <script>" };
    await store.commit(repository, { branch: 'main', ...text, author: { name: 'alice' }, operations });
    const [plain] = await get<object[]>('/commits/main');
    expect(plain).toMatchObject({ title: text.summary, message: text.description });
    expect(plain).not.toHaveProperty('formatted');
    for (const query of ['expand[]=formatted', 'expand=formatted'])
      expect((await get<object[]>(`/commits/main?${query}`))[0]).toEqual({
        ...plain,
        formatted: {
          title: 'Use &lt;b&gt; &amp; &quot;c&quot;',
          message: 'one\n&#39;two&#39; &lt;script&gt;',
        },
      });
  });

  it.each(['foo', 'formatted,author'])('cannot be expanded with %s', async (fields) => {
    const response = await sendRequest(hub.url, `/api/models/alice/${name}/commits/main?expand[]=${fields}`);
    expect(response.status).toBe(400);
    expect(response.json()).toMatchObject({ fields: [{ field: 'expand' }] });
  });
});

describe('super-squash', () => {
  interface Entry {
    readonly path: string;
    readonly oid: string;
    readonly lastCommit: { id: string; title: string };
  }
  const tree = (revision: string): Promise<Entry[]> => get(`/tree/${revision}?recursive=true&expand=true`);

  it('leaves one commit with the same files as the last commit of each file', async () => {
    await commit({ 'dir/c.txt': 'c' });
    const before = await tree('main');
    const response = await post('/super-squash/main', { message: 'All in one\n\nwith a body' });
    const { commitId } = response.json() as { commitId: string };
    expect([response.status, commitId]).toEqual([200, expect.stringMatching(/^[0-9a-f]{40}$/)]);
    expect(await get('/commits/main')).toMatchObject([
      { id: commitId, title: 'All in one', message: 'with a body', authors: [{ user: 'alice' }] },
    ]);
    const after = await tree('main');
    const pathsAndIds = (list: Entry[]) => list.map(({ path, oid }) => ({ path, oid }));
    expect(pathsAndIds(after)).toEqual(pathsAndIds(before));
    expect(new Set(after.map(({ lastCommit }) => lastCommit.id))).toEqual(new Set([commitId]));
    const next = await commit({ 'dir/b.txt': 'changed' });
    const lastCommits = Object.fromEntries((await tree('main')).map(({ path, lastCommit }) => [path, lastCommit.id]));
    expect(lastCommits).toMatchObject({ 'dir/b.txt': next, dir: next, 'a.txt': commitId, 'dir/c.txt': commitId });
    expect((await askAs(undefined, `/resolve/${head}/a.txt`)).status).toBe(404);
    expect((await askAs(alice, `/resolve/${head}/a.txt`)).status).toBe(200);
  });

  it('loses no concurrent commit', async () => {
    const files = Array.from({ length: 12 }, (_, n) => `new-${n}.txt`);
    const squashed: string[] = [];
    const squash = async (): Promise<void> => {
      const response = await post('/super-squash/main');
      expect(response.status).toBe(200);
      squashed.push((response.json() as { commitId: string }).commitId);
    };
    await Promise.all(files.flatMap((file, n) => [commit({ [file]: file }), ...(n % 3 === 0 ? [squash()] : [])]));
    const history = await get<{ id: string }[]>('/commits/main');
    expect(squashed).toContain(history.at(-1)!.id);
    const paths = (await get<{ path: string }[]>('/tree/main')).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(files));
  });

  it('includes a commit that arrives while the files are being listed', async () => {
    const objects = hub.app.get(ObjectStore, { strict: false });
    const trees = objects.trees.bind(objects);
    let isLate = true;
    const listing = jest.spyOn(objects, 'trees').mockImplementation(async (...args) => {
      // the descriptions of models are read in the background
      const isSquash = isLate && new Error().stack!.includes('root-commits.service');
      if (isSquash) {
        isLate = false;
        await commit({ 'late.txt': 'late' });
      }
      return trees(...args);
    });
    const { commitId } = (await post('/super-squash/main')).json() as { commitId: string };
    listing.mockRestore();
    expect((await get<{ id: string }[]>('/commits/main')).map(({ id }) => id)).toEqual([commitId]);
    expect((await tree('main')).map(({ path }) => path)).toContain('late.txt');
  });

  it('requires a branch', async () => {
    await post('/tag/main', { tag: 'v1' });
    for (const revision of ['v1', 'nothing', head])
      expect((await post(`/super-squash/${revision}`)).headers['x-error-code']).toBe('RevisionNotFound');
  });
});

it('changes of refs require write access', async () => {
  const writes: [string, 'POST' | 'DELETE'][] = [
    ...(['/branch/x', '/tag/main', '/super-squash/main'].map((path) => [path, 'POST']) as [string, 'POST'][]),
    ...(['/branch/x', '/tag/v1'].map((path) => [path, 'DELETE']) as [string, 'DELETE'][]),
  ];
  for (const [path, method] of writes) {
    const json = method === 'POST' ? (path === '/tag/main' ? { tag: 'v1' } : {}) : undefined;
    expect([path, (await askAs(undefined, path, { method, json })).status]).toEqual([path, 401]);
    expect([path, (await askAs(bob, path, { method, json })).status]).toEqual([path, 403]);
  }
  expect(await refs()).toEqual({ branches: [['main', head]], tags: [] });
});

it('discussions and likers are empty, and creating a discussion is refused', async () => {
  expect(await get('/discussions?p=0')).toEqual({ discussions: [], count: 0, start: 0 });
  expect(await get('/likers')).toEqual([]);
  const response = await post('/discussions', { title: 'x', description: '' });
  expect([response.status, (response.json() as { error: string }).error]).toEqual([
    501,
    expect.stringMatching(/not support pull requests/),
  ]);
});
