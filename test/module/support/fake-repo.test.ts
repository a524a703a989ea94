import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FakeRepo, isBlob } from '../../support/fake-repo.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

// Clients compare ids with those that they compute, so the fake hub must use git's ids.
it('has the same ids and order of entries as git', async () => {
  const files = {
    'x/a.txt': 'a',
    'y/a.txt': 'sorts before a/',
    'y/a-b.txt': 'and this one too',
    'y/a/b.txt': 'below',
    'y/a/b/c.bin': { lfs: 'large' },
    'ä #?.txt': '',
  };
  const { main } = new FakeRepo({ id: 'a/b', files });
  const folder = await temporaryFolder();
  for (const blob of main.entries.filter(isBlob)) {
    await mkdir(dirname(join(folder, blob.path)), { recursive: true });
    await writeFile(join(folder, blob.path), blob.lfs?.pointer ?? blob.content);
  }
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    ...identity('AUTHOR', main.date),
    ...identity('COMMITTER', main.date),
  };
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, env }).toString();
  git('init', '--quiet', '--object-format=sha1');
  git('add', '--all');
  git('commit', '--quiet', '--message', main.title);
  expect(git('rev-parse', 'HEAD').trim()).toBe(main.id);
  const treeLines = git(
    '-c',
    'core.quotePath=false',
    'ls-tree',
    '-r',
    '-t',
    '--format=%(objectname) %(path)',
    '-z',
    'HEAD',
  );
  expect(treeLines.split('\0').slice(0, -1)).toEqual(main.entries.map(({ oid, path }) => `${oid} ${path}`));
});

const identity = (role: string, date: string): Record<string, string> => ({
  [`GIT_${role}_NAME`]: 'ada',
  [`GIT_${role}_EMAIL`]: 'ada@example.org',
  [`GIT_${role}_DATE`]: date.replace('.000Z', '+0000'),
});
