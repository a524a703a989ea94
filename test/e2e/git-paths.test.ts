import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, type Told } from '../support/ask.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { GitStage } from '../support/git-stage.js';

let stage: GitStage;
beforeAll(async () => {
  stage = await GitStage.start();
  await stage.make('paths');
});
afterAll(() => stage.close());

type Line = readonly [key: string, value: unknown];

const post = (path: string, body: string, type = 'application/x-ndjson'): Promise<Told> =>
  ask(stage.hub.url, path, { method: 'POST', headers: { ...stage.alice.headers, 'content-type': type }, body });

const commit = (...lines: readonly Line[]): Promise<Told> =>
  post('/api/models/alice/paths/commit/main', commitBody('test', ...lines));

const submodule = (settings: string, name = 'x'): string => `[submodule "${name}"]\n${settings}\n`;

/** Files that `git fsck --strict` rejects, and the reason in the hub's error. */
const REJECTED: readonly (readonly [path: string, content: string, reason: string])[] = [
  ['.git', '', '".git", which is reserved'],
  ['.GIT . ', '', 'treat as ".git"'],
  ['.git::$INDEX_ALLOCATION', '', 'treat as ".git"'],
  ['git~1', '', 'treat as ".git"'],
  ['.gi\u200ct', '', 'treat as ".git"'],
  ['\ufeff.git', '', 'treat as ".git"'],
  ['.gitmodules', submodule('url = -x'), 'submodule url "-x"'],
  ['GITMOD~1', submodule('url = -x'), 'submodule url "-x"'],
  ['gi7eba~1', submodule('url = -x'), 'submodule url "-x"'],
  ['.gitmodules ', submodule('url = -x'), 'submodule url "-x"'],
  ['.gitmodules', '[SUBMODULE.x] URL="-x"', 'submodule url "-x"'],
  ['.gitmodules', submodule('url = https://host/%0a'), 'submodule url'],
  ['.gitmodules', submodule('url = https::host/x'), 'submodule url'],
  ['.gitmodules', submodule('url = ../..//host'), 'submodule url'],
  ['.gitmodules', submodule('path = -x'), 'submodule path "-x"'],
  ['.gitmodules', submodule('update = !rm'), 'submodule update "!rm"'],
  ['.gitmodules', submodule('url = x', '../x'), 'submodule name "../x"'],
  ['.gitattributes', `* ${'x'.repeat(2046)}`, 'line longer than 2047 bytes'],
  ['GITATT~1', `*\n* ${'x'.repeat(2046)}\n`, 'line longer than 2047 bytes'],
];

/** Files that look similar, and that git accepts. */
const ACCEPTED: readonly (readonly [path: string, content: string])[] = [
  ['.gitmodules', submodule('path = lib\n\turl = https://example.com/lib.git')],
  ['sub/.gitmodules', submodule('url = ../lib.git')],
  ['.gitattributes', `* ${'x'.repeat(2045)}\n`],
  ['git~2', ''],
  ['.git~1', ''],
  ['.gitx', ''],
  ['.gitignore', '*'],
  ['gitmod~5', submodule('url = -x')],
  ['a:b', ''],
  ['می\u200cخواهم.txt', ''],
];

/** Whether git rejects a tree with this file. */
async function gitRejects(folder: string, name: string, content: string): Promise<boolean> {
  const { git } = stage;
  await git.do('', 'init', '--quiet', folder);
  await writeFile(join(git.home, folder, 'content'), content);
  const blob = await git.do(folder, 'hash-object', '-w', '--no-filters', 'content');
  const tree = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]);
  await writeFile(join(git.home, folder, 'tree'), tree);
  await git.do(folder, 'hash-object', '-w', '-t', 'tree', '--literally', 'tree');
  return (await git.run(folder, 'fsck', '--strict')).code !== 0;
}

describe('a commit', () => {
  it.each(REJECTED.map(([path, content, reason], index) => ({ path, content, reason, index })))(
    'of $path ($reason) is rejected, as by git',
    async ({ path, content, reason, index }) => {
      expect(await gitRejects(`rejected-${index}`, path, content)).toBe(true);
      const told = await commit(fileLine(path, content));
      expect([told.status, told.headers['x-error-message']]).toEqual([400, expect.stringContaining(reason)]);
    },
  );

  it.each(['.git::$INDEX_ALLOCATION/config', '.gi\u200ct/config', '.gitmodules/x', 'a/GITATT~1/x'])(
    'of %j is rejected',
    async (path) => {
      expect((await commit(fileLine(path, ''))).status).toBe(400);
    },
  );

  it('of .gitmodules as a large file is rejected', async () => {
    const told = await commit(['lfsFile', { path: 'GITMOD~1', algo: 'sha256', oid: 'a'.repeat(64), size: 1 }]);
    expect([told.status, told.headers['x-error-message']]).toEqual([400, expect.stringContaining('Git LFS')]);
  });

  it('of a .gitmodules of several megabytes is rejected', async () => {
    expect((await commit(fileLine('.gitmodules', `#${'x'.repeat(6_000_000)}`))).status).toBe(400);
  });

  it('announced with such a path is rejected before the upload', async () => {
    const files = [{ path: '.git::$INDEX_ALLOCATION/config', size: 1, sample: '' }];
    const told = await post('/api/models/alice/paths/preupload/main', JSON.stringify({ files }), 'application/json');
    expect(told.status).toBe(400);
  });

  it('of similar names is accepted, and the clone is sound', async () => {
    for (const [index, [path, content]] of ACCEPTED.entries())
      if (!path.includes('/')) expect(await gitRejects(`accepted-${index}`, path, content)).toBe(false);
    const told = await commit(...ACCEPTED.map(([path, content]) => fileLine(path, content)));
    expect(told).toMatchObject({ status: 200 });
    await stage.clone('/alice/paths', 'paths');
    await stage.expectSound('paths');
  });

  it('deletes a file under a name that is rejected for new files', async () => {
    const told = await commit(['deletedFile', { path: '\u202egnp.exe' }]);
    expect(told.status).toBe(404);
  });
});
