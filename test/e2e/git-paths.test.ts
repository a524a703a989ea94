import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { GitFixture } from '../support/git-fixture.js';

let fixture: GitFixture;
beforeAll(async () => {
  fixture = await GitFixture.start();
  await fixture.createRepo('paths');
});
afterAll(() => fixture.close());

type Line = readonly [key: string, value: unknown];

const post = (path: string, body: string, type = 'application/x-ndjson'): Promise<HttpResponse> =>
  sendRequest(fixture.hub.url, path, {
    method: 'POST',
    headers: { ...fixture.alice.headers, 'content-type': type },
    body,
  });

const commit = (...lines: readonly Line[]): Promise<HttpResponse> =>
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
  const { git } = fixture;
  await git.output('', 'init', '--quiet', folder);
  await writeFile(join(git.home, folder, 'content'), content);
  const blob = await git.output(folder, 'hash-object', '-w', '--no-filters', 'content');
  const tree = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]);
  await writeFile(join(git.home, folder, 'tree'), tree);
  await git.output(folder, 'hash-object', '-w', '-t', 'tree', '--literally', 'tree');
  return (await git.run(folder, 'fsck', '--strict')).code !== 0;
}

describe('commits', () => {
  it.each(REJECTED.map(([path, content, reason], index) => ({ path, content, reason, index })))(
    'a file $path ($reason) is rejected, as by git',
    async ({ path, content, reason, index }) => {
      expect(await gitRejects(`rejected-${index}`, path, content)).toBe(true);
      const response = await commit(fileLine(path, content));
      expect([response.status, response.headers['x-error-message']]).toEqual([400, expect.stringContaining(reason)]);
    },
  );

  it.each(['.git::$INDEX_ALLOCATION/config', '.gi\u200ct/config', '.gitmodules/x', 'a/GITATT~1/x'])(
    'the path %j is rejected',
    async (path) => {
      expect((await commit(fileLine(path, ''))).status).toBe(400);
    },
  );

  it('.gitmodules as a large file is rejected', async () => {
    const response = await commit(['lfsFile', { path: 'GITMOD~1', algo: 'sha256', oid: 'a'.repeat(64), size: 1 }]);
    expect([response.status, response.headers['x-error-message']]).toEqual([400, expect.stringContaining('Git LFS')]);
  });

  it('a .gitmodules of several megabytes is rejected', async () => {
    expect((await commit(fileLine('.gitmodules', `#${'x'.repeat(6_000_000)}`))).status).toBe(400);
  });

  it('such a path is rejected before the upload', async () => {
    const files = [{ path: '.git::$INDEX_ALLOCATION/config', size: 1, sample: '' }];
    const response = await post(
      '/api/models/alice/paths/preupload/main',
      JSON.stringify({ files }),
      'application/json',
    );
    expect(response.status).toBe(422);
  });

  it('similar names are accepted, and the clone is valid', async () => {
    for (const [index, [path, content]] of ACCEPTED.entries())
      if (!path.includes('/')) expect(await gitRejects(`accepted-${index}`, path, content)).toBe(false);
    const response = await commit(...ACCEPTED.map(([path, content]) => fileLine(path, content)));
    expect(response).toMatchObject({ status: 200 });
    await fixture.clone('/alice/paths', 'paths');
    await fixture.expectValidClone('paths');
  });

  it('a deletion accepts names that are rejected for new files, and reports a missing file', async () => {
    const response = await commit(['deletedFile', { path: '\u202egnp.exe' }]);
    expect(response.status).toBe(404);
  });
});
