import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LocalRepos } from '../support/local-repos.js';
import { sendRequest } from '../support/send-request.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { createTestUser, type TestUser } from '../support/test-users.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const REPO = '/api/spaces/alice/s';

let hub: RunningHub;
let alice: TestUser;
let folder: string;

beforeAll(async () => {
  hub = await startHub();
  alice = await createTestUser(hub, 'alice');
  const repo = { type: 'space', namespace: 'alice', name: 's' } as const;
  await LocalRepos.of(hub.app).createRepository({ repo, ownerName: 'alice', private: false });
  folder = await temporaryFolder();
  git(['init', '--quiet', '--initial-branch=main']);
});
afterAll(() => hub.close());

function git(args: string[], input: string | Buffer = '', env: Record<string, string> = {}): string {
  const base = { PATH: process.env.PATH!, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', args, { cwd: folder, input, encoding: 'utf8', env: { ...base, ...env } }).trim();
}

interface Entry {
  readonly path: string;
  readonly oid: string;
  readonly type: string;
}

const get = async <T>(path: string): Promise<T> => (await sendRequest(hub.url, `${REPO}${path}`)).json() as T;

/** Recreates a commit of the hub with the git program, from the downloaded files. */
async function commitOfGit(id: string, parent: string | undefined): Promise<{ commit: string; entries: string[] }> {
  const entries = await get<Entry[]>(`/tree/${id}?recursive=true`);
  const index: string[] = [];
  for (const { path } of entries.filter(({ type }) => type === 'file')) {
    const url = `/spaces/alice/s/resolve/${id}/${path.split('/').map(encodeURIComponent).join('/')}`;
    const oid = git(['hash-object', '-w', '--stdin'], (await sendRequest(hub.url, url)).body);
    index.push(`100644 ${oid}\t${path}\0`);
  }
  git(['read-tree', '--empty']);
  git(['update-index', '-z', '--index-info'], index.join(''));
  const tree = git(['write-tree']);
  const treeLines = git(['-c', 'core.quotePath=false', 'ls-tree', '-r', '-t', '-z', tree]).split('\0').filter(Boolean);
  const [commitInfo] = await get<{ title: string; message: string; date: string }[]>(`/commits/${id}`);
  const at = `${Date.parse(commitInfo!.date) / 1000} +0000`;
  const identity = { NAME: 'alice', EMAIL: 'alice@users.noreply.invalid', DATE: at };
  const env = Object.entries(identity).flatMap(([key, value]) => [
    [`GIT_AUTHOR_${key}`, value],
    [`GIT_COMMITTER_${key}`, value],
  ]);
  const messages = ['-m', commitInfo!.title, ...(commitInfo!.message ? ['-m', commitInfo!.message] : [])];
  const parents = parent === undefined ? [] : ['-p', parent];
  const commit = git(
    ['commit-tree', tree, ...parents, ...messages],
    '',
    Object.fromEntries(env) as Record<string, string>,
  );
  return { commit, entries: treeLines.map((line) => `${line.split(/\s/)[2]} ${line.slice(line.indexOf('\t') + 1)}`) };
}

it('files, folders and commits have the same ids as in git', async () => {
  const bodies = [
    commitBody(
      'First',
      fileLine('a/b/c.txt', 'c'),
      fileLine('a.txt', ''),
      fileLine('é 😀.txt', '😀'),
      fileLine('a-b', '-'),
    ),
    commitBody('Long', fileLine('long.dat', randomBytes(750_000).toString('hex')), ['deletedFile', { path: 'a.txt' }]),
    '{"key":"header","value":{"summary":"Title\\r\\nmore","description":"Words\\n\\nand words "}}\n' +
      '{"key":"file","value":{"path":"a/b/d.txt","content":"line\\r\\n","encoding":"utf-8","oldPath":"a/b/c.txt"}}',
    commitBody('Gone', ['deletedFolder', { path: 'a' }]),
  ];
  for (const body of bodies) {
    const response = await sendRequest(hub.url, `${REPO}/commit/main`, {
      method: 'POST',
      body,
      headers: alice.headers,
    });
    expect(response.status).toBe(200);
  }
  const history = (await get<{ id: string }[]>('/commits/main')).map(({ id }) => id).reverse();
  expect(history).toHaveLength(bodies.length + 1);
  for (const [n, id] of history.entries()) {
    const { commit, entries } = await commitOfGit(id, history[n - 1]);
    expect(entries).toEqual(
      (await get<Entry[]>(`/tree/${id}?recursive=true`)).map(({ oid, path }) => `${oid} ${path}`),
    );
    expect(commit).toBe(id);
  }
  git(['update-ref', 'refs/heads/main', history.at(-1)!]);
  expect(git(['fsck', '--strict', '--no-dangling'])).toBe('');
});
