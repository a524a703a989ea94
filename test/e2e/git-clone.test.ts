import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { ask } from '../support/ask.js';
import { GitStage } from '../support/git-stage.js';

let stage: GitStage;
beforeAll(async () => {
  stage = await GitStage.start();
});
afterAll(() => stage.close());

const contentOf = (folder: string, path: string): Promise<Buffer> => readFile(join(stage.git.home, folder, path));

describe('git clone', () => {
  const long = randomBytes(700_000);
  let repository: LocalRepo;
  let first: string;
  let last: string;

  beforeAll(async () => {
    repository = await stage.make('near');
    first = await stage.commit(repository, { 'a/b/c.txt': 'c', 'a.txt': '', 'é 😀.txt': '😀', 'same.txt': 'c' });
    last = await stage.commit(repository, { 'long.dat': long, 'a/b/d.txt': 'd' });
    await stage.store.createBranch(repository, { name: 'dev', revision: first });
    await stage.store.createTag(repository, { name: 'v1', revision: first });
  });

  it('gets every commit and file as the hub has them', async () => {
    await stage.clone('/alice/near', 'near');
    await stage.expectSound('near');
    const commits = (await ask(stage.hub.url, '/api/models/alice/near/commits/main')).json() as { id: string }[];
    expect(await stage.history('near')).toEqual(commits.map(({ id }) => id));
    expect(await stage.commitOf('near')).toBe(last);
    expect((await contentOf('near', 'long.dat')).equals(long)).toBe(true);
    expect((await contentOf('near', 'é 😀.txt')).toString()).toBe('😀');
    expect(await stage.git.do('near', 'status', '--porcelain', '--branch')).toBe('## main...origin/main');
  });

  it.each(['.git', '/', '.git/'])('takes the address with %s behind it', async (behind) => {
    const told = await stage.git.do('', 'ls-remote', `${stage.hub.url}/alice/near${behind}`);
    expect(told.split('\n').map((line) => line.split('\t'))).toEqual([
      [last, 'HEAD'],
      [first, 'refs/heads/dev'],
      [last, 'refs/heads/main'],
      [first, 'refs/tags/v1'],
    ]);
  });

  it.each(['dataset', 'space'] as const)('gets a %s', async (type) => {
    const made = await stage.commit(await stage.make('typed', { type }), { 'rows.txt': type });
    for (const [n, path] of [`/${type}s/alice/typed`, `/${type}s/alice/typed.git`].entries()) {
      await stage.clone(path, `${type}-${n}`);
      expect(await stage.commitOf(`${type}-${n}`)).toBe(made);
    }
  });

  it.each(['dev', 'v1'])('gets %s alone', async (name) => {
    await stage.clone('/alice/near', name, '--branch', name, '--single-branch', '--no-tags');
    expect(await stage.commitOf(name)).toBe(first);
    expect((await stage.git.run(name, 'cat-file', '-e', last)).code).not.toBe(0);
    await stage.expectSound(name);
  });

  it.each(['0', '1', '2'])('speaks with a client of protocol version %s', async (version) => {
    await stage.clone('/alice/near', `version-${version}`, '--config', `protocol.version=${version}`);
    expect(await stage.commitOf(`version-${version}`)).toBe(last);
  });

  it('gets the pointer of a large file', async () => {
    const { sha256, size } = await stage.store.putLfsObject(repository, Readable.from([randomBytes(300_000)]));
    await stage.store.createBranch(repository, { name: 'large' });
    await stage.store.commit(repository, {
      ...{ branch: 'large', summary: 'large', author: { name: 'alice' } },
      operations: [{ kind: 'lfsFile', path: 'deep/large.bin', sha256, size }],
    });
    await stage.clone('/alice/near', 'large', '--branch', 'large');
    expect((await contentOf('large', 'deep/large.bin')).toString()).toBe(
      `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 300000\n`,
    );
    await stage.expectSound('large');
  });

  it('gets what is in a repository that was just made', async () => {
    await stage.make('new');
    await stage.clone('/alice/new', 'new');
    expect(await stage.git.do('new', 'ls-files')).toBe('.gitattributes');
  });

  it('goes on under a repository’s new name', async () => {
    await stage.make('old');
    const json = { fromRepo: 'alice/old', toRepo: 'alice/renamed', type: 'model' };
    const { headers } = stage.alice;
    expect((await ask(stage.hub.url, '/api/repos/move', { method: 'POST', headers, json })).status).toBe(200);
    await stage.clone('/alice/old.git', 'old');
    await stage.expectSound('old');
  });
});

describe('git fetch', () => {
  let repository: LocalRepo;
  const made: string[] = [];

  const commitMore = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1)
      made.push(await stage.commit(repository, { [`folder-${made.length % 7}/file.txt`]: `${made.length}` }));
  };

  beforeAll(async () => {
    repository = await stage.make('growing');
    await commitMore(20);
  });

  it('brings what is new, and nothing else', async () => {
    await stage.clone('/alice/growing', 'fetch');
    const before = await stage.objects('fetch');
    await commitMore(1);
    await stage.git.do('fetch', 'pull', '--quiet', '--ff-only');
    expect(await stage.commitOf('fetch')).toBe(made.at(-1));
    // a commit, the root, a folder, a file
    expect((await stage.objects('fetch')) - before).toBe(4);
    await stage.expectSound('fetch');
    expect((await stage.git.run('fetch', 'fetch')).code).toBe(0);
  });

  it('finds where histories part, also when the client has commits of its own', async () => {
    await stage.clone('/alice/growing', 'own');
    const own = ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '-m'];
    for (let n = 0; n < 80; n += 1) await stage.git.do('own', ...own, `own ${n}`);
    const before = await stage.objects('own');
    await stage.store.createBranch(repository, { name: 'side', revision: made[10]! });
    const aside = await stage.commit(repository, { 'side.txt': 'side' }, 'side');
    await stage.git.do('own', 'fetch', '--quiet');
    expect(await stage.commitOf('own', 'origin/side')).toBe(aside);
    expect((await stage.objects('own')) - before).toBe(3);
    await stage.expectSound('own');
  });

  it('begins with one commit, deepens, and gets all the rest', async () => {
    await stage.clone('/alice/growing', 'shallow', '--depth', '1');
    expect(await stage.history('shallow')).toEqual([made.at(-1)]);
    await commitMore(3);
    await stage.git.do('shallow', 'fetch', '--quiet');
    expect(await stage.history('shallow', 'origin/main')).toEqual(made.slice(-4).reverse());
    const before = await stage.objects('shallow');
    await stage.git.do('shallow', 'fetch', '--quiet', '--depth', '6');
    // two commits, their roots, and of each the folder and file that the commit after it has changed
    expect((await stage.objects('shallow')) - before).toBe(8);
    expect(await stage.history('shallow', 'origin/main')).toEqual(made.slice(-6).reverse());
    await stage.expectSound('shallow');
    await stage.git.do('shallow', 'fetch', '--quiet', '--depth', '2');
    expect(await stage.history('shallow', 'origin/main')).toEqual(made.slice(-2).reverse());
    await stage.git.do('shallow', 'fetch', '--quiet', '--unshallow');
    // before the first of these, there is the repository's own
    expect((await stage.history('shallow', 'origin/main')).slice(0, -1)).toEqual([...made].reverse());
    expect(await stage.git.do('shallow', 'rev-parse', '--is-shallow-repository')).toBe('false');
    await stage.expectSound('shallow');
  });

  it('gets one commit by its id', async () => {
    await stage.git.do('', 'init', '--quiet', 'one');
    await stage.git.do('one', 'fetch', '--quiet', '--depth', '1', `${stage.hub.url}/alice/growing`, made[5]!);
    expect(await stage.history('one', 'FETCH_HEAD')).toEqual([made[5]]);
    await stage.expectSound('one');
  });
});

it('a long history comes whole, and in part', async () => {
  const repository = await stage.make('long');
  const made: string[] = [];
  for (let n = 0; n < 400; n += 1) made.push(await stage.commit(repository, { [`f${n % 5}/${n % 11}.txt`]: `${n}` }));
  await stage.clone('/alice/long', 'long');
  expect((await stage.history('long')).slice(0, -1)).toEqual([...made].reverse());
  await stage.expectSound('long');
  await stage.clone('/alice/long', 'long-shallow', '--depth', '100');
  expect(await stage.history('long-shallow')).toEqual(made.slice(-100).reverse());
});
