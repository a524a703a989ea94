import { jest } from '@jest/globals';
import { LocalRepos } from '../support/local-repos.js';
import { ObjectStore } from '../../src/repos/store/object.store.js';
import { ask, type AskOptions, type Told } from '../support/ask.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { person, type Person } from '../support/people.js';

let hub: RunningHub;
let alice: Person;
let bob: Person;
let name = '';
let made = 0;
let head = '';

const as = (who: Person | undefined, path: string, options: AskOptions = {}): Promise<Told> =>
  ask(hub.url, `/api/models/alice/${name}${path}`, { ...options, headers: { ...who?.headers, ...options.headers } });
const post = (path: string, json: unknown = {}, who: Person | undefined = alice): Promise<Told> =>
  as(who, path, { method: 'POST', json });
const remove = (path: string, who: Person | undefined = alice): Promise<Told> => as(who, path, { method: 'DELETE' });
const get = async <T>(path: string): Promise<T> => (await as(undefined, path)).json() as T;

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
    ...{ kind: 'file' as const, path, content: Buffer.from(text) },
  }));
  return store.commit(repository, { branch, summary: `write ${branch}`, author: { name: 'alice' }, operations });
}

beforeAll(async () => {
  hub = await startHub();
  [alice, bob] = [await person(hub, 'alice'), await person(hub, 'bob')];
});
afterAll(() => hub.close());
beforeEach(async () => {
  name = `refs-${++made}`;
  await ask(hub.url, '/api/repos/create', { method: 'POST', headers: alice.headers, json: { name } });
  head = await commit({ 'a.txt': 'a', 'dir/b.txt': 'b' });
});

describe('branches', () => {
  it('begin at main, at a revision, or empty', async () => {
    const [{ id: first }] = (await get<{ id: string }[]>('/commits/main')).slice(-1) as [{ id: string }];
    expect((await post('/branch/v1')).status).toBe(200);
    expect((await as(alice, '/branch/bare', { method: 'POST' })).status).toBe(200);
    expect((await post('/branch/old', { startingPoint: first })).status).toBe(200);
    expect((await post('/branch/feature%2Fx', { startingPoint: 'old' })).status).toBe(200);
    expect((await post('/branch/feature/y', { startingPoint: 'v1' })).status).toBe(200);
    expect((await refs()).branches).toEqual([
      ...[
        ['bare', head],
        ['feature/x', first],
        ['feature/y', head],
        ['main', head],
        ['old', first],
        ['v1', head],
      ],
    ]);
    expect((await post('/branch/empty', { emptyBranch: true })).status).toBe(200);
    expect(await get('/tree/empty')).toEqual([]);
    expect(await get('/commits/empty')).toMatchObject([{ title: 'initial commit', authors: [{ user: 'alice' }] }]);
    const later = await commit({ 'c.txt': 'c' }, 'empty');
    expect((await get<{ id: string }[]>('/commits/empty')).map(({ id }) => id)[0]).toBe(later);
  });

  it('are overwritten only when that is asked, and main never', async () => {
    await post('/branch/v1');
    const later = await commit({ 'a.txt': 'later' });
    const again = await post('/branch/v1');
    expect({ status: again.status, body: again.json() }).toMatchObject({
      ...{ status: 409, body: { error: expect.stringContaining('already exists') as string } },
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
    ['of a pull request’s name', '/branch/refs%2Fpr%2F5', {}, 400],
    ['named like a commit', `/branch/${'a'.repeat(40)}`, {}, 400],
    ['from nowhere', '/branch/x', { startingPoint: 'nothing' }, 404],
    ['below one that is there', '/branch/main%2Fx', {}, 409],
    ['empty below one that is there', '/branch/main%2Fx', { emptyBranch: true }, 409],
    ['empty, of a taken name', '/branch/main', { emptyBranch: true }, 409],
    ['with a word for a flag', '/branch/x', { overwrite: 'yes' }, 400],
  ])('%s are refused', async (_case, path, body, status) => {
    expect((await post(path, body)).status).toBe(status);
    expect((await refs()).branches).toEqual([['main', head]]);
  });

  it('are deleted, except main', async () => {
    await post('/branch/feature%2Fx');
    const told = await remove('/branch/feature%2Fx');
    expect({ status: told.status, body: told.body.toString() }).toEqual({ status: 200, body: 'OK' });
    expect((await remove('/branch/main')).status).toBe(403);
    const missing = await remove('/branch/feature%2Fx');
    expect([missing.status, missing.headers['x-error-code']]).toEqual([404, 'RevisionNotFound']);
    expect((await refs()).branches).toEqual([['main', head]]);
  });
});

describe('tags', () => {
  it('name a commit, once', async () => {
    expect((await post('/tag/main', { tag: 'v1.0', message: 'the first' })).status).toBe(200);
    await commit({ 'a.txt': 'later' });
    expect((await post('/tag/v1.0', { tag: 'release/one' })).status).toBe(200);
    expect((await refs()).tags).toEqual([
      ['release/one', head],
      ['v1.0', head],
    ]);
    expect((await as(undefined, '/resolve/v1.0/a.txt')).body.toString()).toBe('a');
    expect((await post('/tag/main', { tag: 'v1.0' })).status).toBe(409);
    expect((await post('/tag/main', { tag: 'refs/tags/x' })).status).toBe(400);
    expect((await post('/tag/nothing', { tag: 'x' })).status).toBe(404);
    expect((await post('/tag/main', {})).status).toBe(400);
    expect((await remove('/tag/release%2Fone')).status).toBe(200);
    expect((await remove('/tag/release%2Fone')).status).toBe(404);
    expect((await refs()).tags).toEqual([['v1.0', head]]);
  });
});

describe('super-squash', () => {
  interface Entry {
    readonly path: string;
    readonly oid: string;
    readonly lastCommit: { id: string; title: string };
  }
  const tree = (revision: string): Promise<Entry[]> => get(`/tree/${revision}?recursive=true&expand=true`);

  it('leaves one commit of the same files, which made every one of them', async () => {
    await commit({ 'dir/c.txt': 'c' });
    const before = await tree('main');
    const told = await post('/super-squash/main', { message: 'All in one\n\nfor good' });
    const { commitId } = told.json() as { commitId: string };
    expect([told.status, commitId]).toEqual([200, expect.stringMatching(/^[0-9a-f]{40}$/)]);
    expect(await get('/commits/main')).toMatchObject([
      { id: commitId, title: 'All in one', message: 'for good', authors: [{ user: 'alice' }] },
    ]);
    const after = await tree('main');
    const bare = (list: Entry[]) => list.map(({ path, oid }) => ({ path, oid }));
    expect(bare(after)).toEqual(bare(before));
    expect(new Set(after.map(({ lastCommit }) => lastCommit.id))).toEqual(new Set([commitId]));
    const next = await commit({ 'dir/b.txt': 'changed' });
    const touched = Object.fromEntries((await tree('main')).map(({ path, lastCommit }) => [path, lastCommit.id]));
    expect(touched).toMatchObject({ 'dir/b.txt': next, dir: next, 'a.txt': commitId, 'dir/c.txt': commitId });
    expect((await as(undefined, `/resolve/${head}/a.txt`)).status).toBe(404);
    expect((await as(alice, `/resolve/${head}/a.txt`)).status).toBe(200);
  });

  it('loses no commit that is made meanwhile', async () => {
    const files = Array.from({ length: 12 }, (_, n) => `new-${n}.txt`);
    const squashed: string[] = [];
    const squash = async (): Promise<void> => {
      const told = await post('/super-squash/main');
      expect(told.status).toBe(200);
      squashed.push((told.json() as { commitId: string }).commitId);
    };
    await Promise.all(files.flatMap((file, n) => [commit({ [file]: file }), ...(n % 3 === 0 ? [squash()] : [])]));
    const history = await get<{ id: string }[]>('/commits/main');
    expect(squashed).toContain(history.at(-1)!.id);
    const paths = (await get<{ path: string }[]>('/tree/main')).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(files));
  });

  it('takes in a commit that comes while the files are being listed', async () => {
    const objects = hub.app.get(ObjectStore, { strict: false });
    const listing = jest.spyOn(objects, 'tree').mockImplementationOnce(async (...asked) => {
      await commit({ 'late.txt': 'late' });
      return objects.tree(...asked);
    });
    const { commitId } = (await post('/super-squash/main')).json() as { commitId: string };
    listing.mockRestore();
    expect((await get<{ id: string }[]>('/commits/main')).map(({ id }) => id)).toEqual([commitId]);
    expect((await tree('main')).map(({ path }) => path)).toContain('late.txt');
  });

  it('is for branches', async () => {
    await post('/tag/main', { tag: 'v1' });
    for (const revision of ['v1', 'nothing', head])
      expect((await post(`/super-squash/${revision}`)).headers['x-error-code']).toBe('RevisionNotFound');
  });
});

it('all this is for those who may write', async () => {
  const writes: [string, 'POST' | 'DELETE'][] = [
    ...(['/branch/x', '/tag/main', '/super-squash/main'].map((path) => [path, 'POST']) as [string, 'POST'][]),
    ...(['/branch/x', '/tag/v1'].map((path) => [path, 'DELETE']) as [string, 'DELETE'][]),
  ];
  for (const [path, method] of writes) {
    const json = method === 'POST' ? { tag: 'v1' } : undefined;
    expect([path, (await as(undefined, path, { method, json })).status]).toEqual([path, 401]);
    expect([path, (await as(bob, path, { method, json })).status]).toEqual([path, 403]);
  }
  expect(await refs()).toEqual({ branches: [['main', head]], tags: [] });
});

it('there are no discussions and no likes', async () => {
  expect(await get('/discussions?p=0')).toEqual({ discussions: [], count: 0, start: 0 });
  expect(await get('/likers')).toEqual([]);
  const told = await post('/discussions', { title: 'x', description: '' });
  expect([told.status, (told.json() as { error: string }).error]).toEqual([
    501,
    expect.stringMatching(/not support pull requests/),
  ]);
});
