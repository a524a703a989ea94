import {
  commit,
  countCommits,
  createBranch,
  createRepo,
  deleteBranch,
  deleteFile,
  deleteRepo,
  downloadFile,
  fileDownloadInfo,
  fileExists,
  listCommits,
  listFiles,
  pathsInfo,
  repoExists,
  uploadFile,
  uploadFiles,
  whoAmI,
} from '@huggingface/hub';
import { createHash, randomBytes } from 'node:crypto';
import { HubFixture } from './hub-fixture.js';

// Small, so that a large file has several parts.
const PART_SIZE = 4_000_000;
let fixture: HubFixture;
beforeAll(async () => {
  fixture = await HubFixture.start({}, { KOHAKU_HUB_LFS_PART_SIZE: String(PART_SIZE) });
});
afterAll(() => fixture?.close());

const at = <T extends object>(more: T) => ({ hubUrl: fixture.hub.url, accessToken: fixture.token, ...more });
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const file = (path: string, content: string | Uint8Array<ArrayBuffer>) => ({ path, content: new Blob([content]) });
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
const bytesOf = async (path: string, repo: string): Promise<Buffer | undefined> => {
  const blob = await downloadFile(at({ repo, path }));
  return blob ? Buffer.from(await blob.arrayBuffer()) : undefined;
};

describe('@huggingface/hub writes', () => {
  it('returns the account of the token', async () => {
    expect(await whoAmI(at({}))).toMatchObject({
      type: 'user',
      name: 'client',
      orgs: [],
      auth: { type: 'access_token', accessToken: { role: 'write' } },
    });
  });

  it.each(['model', 'dataset', 'space'] as const)('creates and deletes a private %s', async (type) => {
    const repo = { type, name: `client/js-${type}` };
    const made = await createRepo(at({ repo, private: true, ...(type === 'space' ? { sdk: 'static' as const } : {}) }));
    expect(made.repoUrl).toBe(`${fixture.hub.url}/${type === 'model' ? '' : `${type}s/`}client/js-${type}`);
    await expect(createRepo(at({ repo }))).rejects.toMatchObject({ statusCode: 409 });
    expect(await repoExists({ hubUrl: fixture.hub.url, repo })).toBe(false);
    await deleteRepo(at({ repo }));
    expect(await repoExists(at({ repo }))).toBe(false);
  });

  it.each([
    ['over Xet', 'client/js-xet', {}],
    ['over LFS in parts', 'client/js-lfs', { useXet: false }],
  ])('uploads small files and a large one %s in one commit, and reads them back', async (_case, repo, options) => {
    await createRepo(at({ repo }));
    const large = new Uint8Array(randomBytes(12_000_000));
    await uploadFiles(
      at({
        repo,
        ...options,
        commitTitle: 'Four files',
        files: [
          file('README.md', '# JS'),
          file('data/rows.csv', 'a,b\n1,2\n'),
          file('empty.txt', ''),
          file('weights.bin', large),
        ],
      }),
    );
    expect((await all(listCommits(at({ repo })))).map(({ title }) => title)).toEqual(['Four files', 'initial commit']);
    expect(await countCommits(at({ repo }))).toBe(2);
    const listed = await all(listFiles(at({ repo, recursive: true })));
    expect(listed.find(({ path }) => path === 'weights.bin')).toMatchObject({
      size: large.length,
      lfs: { oid: sha256(large) },
    });
    expect(sha256((await bytesOf('weights.bin', repo))!)).toBe(sha256(large));
    expect((await bytesOf('data/rows.csv', repo))?.toString()).toBe('a,b\n1,2\n');
    const slice = (await downloadFile(at({ repo, path: 'README.md' })))?.slice(2, 4);
    expect(await slice?.text()).toBe('JS');
    expect((await bytesOf('empty.txt', repo))?.length).toBe(0);
    expect(await bytesOf('missing.txt', repo)).toBeUndefined();
    const pointer = await downloadFile(at({ repo, path: 'weights.bin', raw: true }));
    expect((await pointer?.text())?.split('\n')).toHaveLength(4);
    expect(await fileDownloadInfo(at({ repo, path: 'weights.bin' }))).toMatchObject({ size: large.length });
    expect(await fileExists(at({ repo, path: 'README.md' }))).toBe(true);
  });

  it('commits to a branch with slashes in its name', async () => {
    const repo = 'client/js-branches';
    await createRepo(at({ repo }));
    await createBranch(at({ repo, branch: 'x/y' }));
    await uploadFile(at({ repo, branch: 'x/y', file: file('only.txt', 'there') }));
    expect((await all(listFiles(at({ repo, revision: 'x/y' })))).map(({ path }) => path)).toContain('only.txt');
    expect((await all(listFiles(at({ repo })))).map(({ path }) => path)).not.toContain('only.txt');
    const [info] = await pathsInfo(at({ repo, revision: 'x/y', paths: ['only.txt', 'nothing'], expand: true }));
    expect(info?.lastCommit?.title).toBe('Add only.txt');
    await deleteBranch(at({ repo, branch: 'x/y' }));
    await expect(all(listFiles(at({ repo, revision: 'x/y' })))).rejects.toMatchObject({ statusCode: 404 });
  });

  it('rejects a commit whose parent is not the head', async () => {
    const repo = 'client/js-stale';
    await createRepo(at({ repo }));
    const first = await uploadFile(at({ repo, file: file('a.txt', '1') }));
    await uploadFile(at({ repo, file: file('a.txt', '2') }));
    const stale = commit(
      at({
        repo,
        title: 'Stale',
        parentCommit: first?.commit.oid,
        operations: [
          { operation: 'delete' as const, path: 'a.txt' },
          { operation: 'addOrUpdate' as const, ...file('b.txt', 'b') },
        ],
      }),
    );
    await expect(stale).rejects.toMatchObject({ statusCode: 412 });
    expect((await bytesOf('a.txt', repo))?.toString()).toBe('2');
    await deleteFile(at({ repo, path: 'a.txt' }));
    expect(await bytesOf('a.txt', repo)).toBeUndefined();
  });
});

it('sends the caller’s token to no source', () => {
  expect(fixture.leaks).toEqual([]);
});
