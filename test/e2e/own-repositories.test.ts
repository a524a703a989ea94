import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commitBody, fileLine } from '../support/commit-body.js';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { LfsClient, lfsObject } from '../support/lfs-client.js';
import { sendRequest, type HttpResponse, type RequestOptions } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';

let hub: RunningHub;
let alice: TestUser;
let bob: TestUser;
let reader: TestUser;
beforeAll(async () => {
  hub = await startHub();
  [alice, bob] = [await createTestUser(hub, 'alice'), await createTestUser(hub, 'bob')];
  reader = await createTestUser(hub, 'alice', 'read');
  await createTestOrganization(hub, 'acme', { alice: 'admin' });
});
afterAll(() => hub?.close());

const send = (path: string, options: RequestOptions = {}, user: TestUser | undefined = alice): Promise<HttpResponse> =>
  sendRequest(hub.url, path, { ...options, headers: { ...user?.headers, ...options.headers } });

async function create(name: string, type = 'model', more: object = {}): Promise<void> {
  const [organization, repo] = name.split('/');
  const json = { organization, name: repo, type, ...more };
  expect((await send('/api/repos/create', { method: 'POST', json })).status).toBe(200);
}

/** Commits to a model and returns the commit. */
async function commit(name: string, ...lines: [string, object][]): Promise<string> {
  const response = await send(`/api/models/${name}/commit/main`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: commitBody('change', ...lines),
  });
  expect([response.status, response.body.toString()]).toEqual([200, expect.any(String)]);
  return (response.json() as { commitOid: string }).commitOid;
}

/** Uploads a large file, and returns its line of a commit. */
async function large(name: string, path: string, content = randomBytes(2000)): Promise<[string, object]> {
  await new LfsClient(hub, name, alice).upload(content);
  return ['lfsFile', { path, algo: 'sha256', ...lfsObject(content) }];
}

describe('the list of repositories with their storage', () => {
  const list = async (path: string, user = alice): Promise<Record<string, unknown>[]> =>
    (await send(path, {}, user)).json() as Record<string, unknown>[];

  it('has the caller’s repositories of all types, largest first', async () => {
    await create('alice/small');
    await create('alice/large', 'model', { private: true });
    await create('alice/rows', 'dataset');
    await create('acme/shared');
    await commit('alice/large', fileLine('a.bin', randomBytes(50_000)));
    const all = await list('/api/settings/repositories');
    expect(all[0]).toEqual({
      id: 'alice/large',
      type: 'model',
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
      visibility: 'private',
      storage: expect.any(Number) as unknown,
      storagePercent: expect.any(Number) as unknown,
    });
    expect(all[0]!['storage']).toBeGreaterThan(50_000);
    expect(all[0]!['storagePercent']).toBeGreaterThan(80);
    expect(all.map(({ id }) => id).sort()).toEqual(['alice/large', 'alice/rows', 'alice/small']);
    expect((await list('/api/settings/repositories', reader)).length).toBe(3);
  });

  it('has filters and pages', async () => {
    const ids = async (query: string) => (await list(`/api/settings/repositories?${query}`)).map(({ id }) => id);
    expect(await ids('type=dataset')).toEqual(['alice/rows']);
    expect(await ids('type=bucket')).toEqual([]);
    expect(await ids('search=LARG')).toEqual(['alice/large']);
    const found: unknown[] = [];
    for (let path: string | undefined = '/api/settings/repositories?limit=2'; path;) {
      const { headers, json } = await send(path);
      found.push(...(json() as { id: string }[]).map(({ id }) => id));
      path = /^<([^>]*)>; rel="next"$/.exec(headers['link'] ?? '')?.[1]?.slice(hub.url.length);
    }
    expect(found.sort()).toEqual(['alice/large', 'alice/rows', 'alice/small']);
  });

  it('is for members only if it is of an organization', async () => {
    const path = '/api/organizations/acme/settings/repositories';
    expect((await list(path)).map(({ id }) => id)).toEqual(['acme/shared']);
    expect((await send(path, {}, bob)).status).toBe(403);
    expect((await sendRequest(hub.url, path)).status).toBe(401);
    expect((await sendRequest(hub.url, '/api/settings/repositories')).status).toBe(401);
    expect((await send('/api/organizations/alice/settings/repositories')).status).toBe(404);
    expect((await send('/api/organizations/nobody/settings/repositories')).status).toBe(404);
  });
});

describe('/api/resolve-cache', () => {
  it('serves the files of a commit like /resolve', async () => {
    await create('alice/cached');
    const oid = await commit('alice/cached', fileLine('dir/a b.txt', 'hello'));
    const path = `/api/resolve-cache/models/alice/cached/${oid}/dir/a%20b.txt`;
    const file = await send(`${path}?%2Falice%2Fcached%2Fresolve=&etag=x`, {}, undefined);
    expect([file.status, file.body.toString(), file.headers['x-repo-commit']]).toEqual([200, 'hello', oid]);
    const range = await send(path, { headers: { range: 'bytes=1-2' } });
    expect([range.status, range.body.toString()]).toEqual([206, 'el']);
    const missing = await send(`/api/resolve-cache/models/alice/cached/${oid}/none`);
    expect([missing.status, missing.headers['x-error-code']]).toEqual([404, 'EntryNotFound']);
  });
});

describe('duplicating a repository', () => {
  const duplicate = (from: string, json: object, user = alice): Promise<HttpResponse> =>
    send(`/api/models/${from}/duplicate`, { method: 'POST', json }, user);
  const read = async (path: string, user = alice): Promise<unknown> => (await send(path, {}, user)).json();
  const used = async (name = 'alice'): Promise<number> =>
    ((await read(`/api/quota/${name}`)) as { used_bytes: number }).used_bytes;

  it('keeps files, history, branches, tags and metadata, and stores no bytes again', async () => {
    await create('alice/original', 'model', { private: true });
    await commit('alice/original', fileLine('README.md', '---\nlicense: mit\ntags: [cats]\n---\n# Cats\n'));
    await commit('alice/original', await large('alice/original', 'w/model.bin'), fileLine('a.txt', 'one'));
    await send('/api/models/alice/original/branch/dev', { method: 'POST' });
    await send('/api/models/alice/original/tag/main', { method: 'POST', json: { tag: 'v1', message: 'first' } });
    const head = await commit('alice/original', fileLine('a.txt', 'two'));
    const before = await used();
    const response = await duplicate('alice/original', { repository: 'alice/copy' });
    expect([response.status, response.json()]).toMatchObject([200, { url: `${hub.url}/alice/copy` }]);
    expect(await used()).toBe(before);
    for (const path of [
      'refs',
      'commits/main',
      'commits/dev',
      'tree/main?recursive=true&expand=true',
      'tree/v1?recursive=true',
    ])
      expect(await read(`/api/models/alice/copy/${path}`)).toEqual(await read(`/api/models/alice/original/${path}`));
    const info = (await read('/api/models/alice/copy')) as Record<string, unknown>;
    expect(info).toMatchObject({
      sha: head,
      private: true,
      tags: expect.arrayContaining(['cats', 'license:mit']) as unknown,
    });
    const [copied, file] = await Promise.all(
      ['copy', 'original'].map((name) => send(`/alice/${name}/resolve/main/w/model.bin`)),
    );
    expect([copied!.status, copied!.body.equals(file!.body)]).toEqual([200, true]);
    await send('/api/repos/delete', { method: 'DELETE', json: { name: 'alice/original' } });
    expect((await send('/alice/copy/resolve/main/w/model.bin')).body.equals(file!.body)).toBe(true);
    await commit('alice/copy', fileLine('b.txt', 'new'));
    expect(await used()).toBe(before + 3);
  });

  it('does not copy history that was deleted', async () => {
    await create('alice/cut');
    const secret = await commit('alice/cut', fileLine('secret.txt', 'password'));
    await send('/api/models/alice/cut/super-squash/main', { method: 'POST', json: {} });
    await duplicate('alice/cut', { repository: 'cut-copy', private: false });
    expect((await send(`/alice/cut/resolve/${secret}/secret.txt`)).status).toBe(200); // a week, for writers
    expect((await send(`/alice/cut-copy/resolve/${secret}/secret.txt`)).status).toBe(404);
  });

  it('copies more rows than one statement has', async () => {
    await create('alice/many');
    const lines = Array.from({ length: 2500 }, (_, n) => fileLine(`d${n % 7}/f${n}.txt`, String(n)));
    await commit('alice/many', ...lines);
    expect((await duplicate('alice/many', { repository: 'alice/many-copy' })).status).toBe(200);
    const rows = await hub.app.get<DataSource>(getDataSourceToken()).query<{ table: string; same: boolean }[]>(
      ['blobs', 'trees', 'commits', 'entry_changes', 'refs']
        .map(
          (
            table,
          ) => `SELECT '${table}' AS table, count(*) FILTER (WHERE r.name = 'many') = count(*) FILTER (WHERE r.name = 'many-copy')
            AND count(*) > 0 AS same FROM ${table} t JOIN repositories r ON r.id = t.repository_id WHERE r.name LIKE 'many%'`,
        )
        .join(' UNION ALL '),
    );
    expect(rows.filter(({ same }) => !same)).toEqual([]);
  });

  it('is refused for ids in use, other namespaces, external repositories, and without space', async () => {
    await create('alice/base');
    await duplicate('alice/base', { repository: 'alice/second' });
    const taken = await duplicate('alice/base', { repository: 'alice/second' });
    expect([taken.status, taken.json()]).toMatchObject([409, { url: `${hub.url}/alice/second` }]);
    expect((await duplicate('alice/base', { repository: 'acme/x' }, bob)).status).toBe(403);
    expect((await duplicate('alice/large', { repository: 'bob/large' }, bob)).status).toBe(404);
    expect((await duplicate('alice/base', { repository: 'alice/y' }, reader)).status).toBe(403);
    expect((await duplicate('gpt2', { repository: 'alice/z' })).headers['x-error-code']).toBe('RepoNotFound');
    const external = await duplicate('far/model', { repository: 'alice/z' });
    expect([external.status, external.json()]).toMatchObject([
      404,
      { error: expect.stringContaining('Only repositories of this hub can be duplicated') as unknown },
    ]);
    expect((await duplicate('alice/base', { repository: 'alice/z', visibility: 'protected' })).status).toBe(501);
    expect((await duplicate('alice/base', { repository: 'alice/z', hardware: 't4-medium' })).status).toBe(501);
    const limit = (quota_bytes: number | null): Promise<HttpResponse> =>
      sendRequest(hub.url, '/admin/api/accounts/bob', {
        method: 'PUT',
        headers: { 'x-admin-token': hub.adminToken },
        json: { quota_bytes },
      });
    await limit(100);
    const full = await duplicate('alice/base', { repository: 'bob/full' }, bob);
    await limit(null);
    expect([full.status, (full.json() as { error: string }).error]).toEqual([403, expect.stringContaining('bob')]);
    expect((await send('/api/models/bob/full')).status).toBe(404);
    expect((await duplicate('alice/base', { repository: 'bob/free' }, bob)).status).toBe(200);
  });
});

describe('large files', () => {
  interface LargeFile {
    readonly fileOid: string;
    readonly filename: string;
    readonly size: number;
    readonly ref?: string;
  }
  const list = async (name: string, query = ''): Promise<LargeFile[]> =>
    (await send(`/api/models/${name}/lfs-files${query}`)).json() as LargeFile[];
  const remove = (name: string, sha: string[], more: object = {}, user = alice): Promise<HttpResponse> =>
    send(`/api/models/${name}/lfs-files/batch`, { method: 'POST', json: { deletions: { sha, ...more } } }, user);
  const read = async (path: string): Promise<unknown> => (await send(path)).json();
  const titles = async (name: string, revision: string): Promise<string[]> =>
    ((await read(`/api/models/${name}/commits/${revision}`)) as { title: string }[]).map(({ title }) => title);
  const paths = async (name: string, revision: string): Promise<string[]> =>
    ((await read(`/api/models/${name}/tree/${revision}?recursive=true`)) as { path: string }[]).map(({ path }) => path);

  /** A repository with a file that only a former commit has, one that is on a branch, one that is current, and one that is not committed. */
  async function history(name: string): Promise<{ old: string; current: string; branch: string; idle: string }> {
    await create(name);
    const [old, current, branch] = [
      await large(name, 'a/old.bin'),
      await large(name, 'a/b/current.bin'),
      await large(name, 'branch.bin'),
    ];
    const idle = await large(name, 'never.bin', randomBytes(500));
    await commit(name, old, fileLine('keep.txt', 'kept'));
    await send(`/api/models/${name}/tag/main`, { method: 'POST', json: { tag: 'v1', message: 'with old' } });
    await send(`/api/models/${name}/branch/dev`, { method: 'POST' });
    await send(`/api/models/${name}/commit/dev`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: commitBody('on dev', branch),
    });
    await commit(name, current, ['deletedFile', { path: 'a/old.bin' }]);
    await commit(name, fileLine('last.txt', 'x'));
    const oid = (line: [string, object]): string => (line[1] as { oid: string }).oid;
    return { old: oid(old), current: oid(current), branch: oid(branch), idle: oid(idle) };
  }

  it('are listed with a path, also files of former commits and uncommitted ones', async () => {
    const { old, current, branch, idle } = await history('alice/listed');
    const files = Object.fromEntries((await list('alice/listed')).map((file) => [file.fileOid, file]));
    expect(files).toMatchObject({
      [old]: { oid: old, size: 2000, filename: 'a/old.bin', ref: 'refs/heads/dev' },
      [current]: { filename: 'a/b/current.bin', ref: 'refs/heads/main' },
      [branch]: { filename: 'branch.bin', ref: 'refs/heads/dev' },
      [idle]: { size: 500, filename: '', pushedAt: expect.stringMatching(/Z$/) as unknown },
    });
    expect(Object.keys(files).length).toBe(4);
    const first = await send('/api/models/alice/listed/lfs-files?limit=3');
    const next = /^<([^>]*)>; rel="next"$/.exec(first.headers['link'] ?? '')![1]!.slice(hub.url.length);
    expect([(first.json() as unknown[]).length, ((await read(next)) as unknown[]).length]).toEqual([3, 1]);
    expect((await send('/api/models/alice/listed/lfs-files', {}, reader)).status).toBe(200);
    expect((await send('/api/models/alice/listed/lfs-files', {}, bob)).status).toBe(403);
    expect((await sendRequest(hub.url, '/api/models/alice/listed/lfs-files')).status).toBe(401);
  });

  it('are removed from all commits, branches and tags, and no longer counted', async () => {
    const { old, current, branch, idle } = await history('alice/removed');
    const used = async (): Promise<number> => ((await read('/api/quota/alice')) as { used_bytes: number }).used_bytes;
    const before = await used();
    const [dev, main] = [await titles('alice/removed', 'dev'), await titles('alice/removed', 'main')];
    const former = ((await read('/api/models/alice/removed')) as { sha: string }).sha;
    expect((await remove('alice/removed', [old, idle])).json()).toEqual({ success: true });
    expect((await list('alice/removed')).map(({ fileOid }) => fileOid).sort()).toEqual([current, branch].sort());
    expect([await titles('alice/removed', 'dev'), await titles('alice/removed', 'main')]).toEqual([dev, main]);
    expect(await paths('alice/removed', 'v1')).toEqual(['.gitattributes', 'keep.txt']);
    expect(await paths('alice/removed', 'dev')).toEqual(['.gitattributes', 'branch.bin', 'keep.txt']);
    expect(await paths('alice/removed', 'main')).toEqual(
      expect.arrayContaining(['a/b/current.bin', 'keep.txt', 'last.txt']),
    );
    const expanded = (await read('/api/models/alice/removed/tree/main?expand=true')) as {
      path: string;
      lastCommit: { id: string };
    }[];
    const commits = ((await read('/api/models/alice/removed/commits/main')) as { id: string }[]).map(({ id }) => id);
    expect(expanded.find(({ path }) => path === 'last.txt')!.lastCommit.id).toBe(commits[0]);
    expect(expanded.every(({ lastCommit }) => commits.includes(lastCommit.id))).toBe(true);
    expect(await used()).toBe(before - 2500 + 129); // former commits have the text of one pointer
    expect((await send(`/alice/removed/resolve/${former}/a/old.bin`)).status).toBe(404);
    expect((await send('/alice/removed/resolve/main/a/b/current.bin')).body.length).toBe(2000);
    const again = await large('alice/removed', 'new.bin');
    await commit('alice/removed', again);
    expect(await paths('alice/removed', 'main')).toContain('new.bin');
  });

  it('can be deleted one by one, also if a commit then has no files', async () => {
    await create('alice/only');
    const only = await large('alice/only', 'x/only.bin');
    const squashed = await send('/api/models/alice/only/branch/empty', { method: 'POST', json: { emptyBranch: true } });
    expect(squashed.status).toBe(200);
    await send('/api/models/alice/only/commit/empty', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: commitBody('add', ['lfsFile', only[1]], ['deletedFile', { path: '.gitattributes' }]),
    });
    const sha = (only[1] as { oid: string }).oid;
    const path = `/api/models/alice/only/lfs-files/${sha}`;
    expect((await send(path, { method: 'DELETE' }, bob)).status).toBe(403);
    expect((await send(path, { method: 'DELETE' })).status).toBe(200);
    expect((await paths('alice/only', 'empty')).filter((name) => name !== '.gitattributes')).toEqual([]);
    expect((await send(path, { method: 'DELETE' })).status).toBe(404);
    expect((await send('/api/models/alice/only/lfs-files/x', { method: 'DELETE' })).status).toBe(400);
  });

  it('leave their pointers behind if the history is not rewritten', async () => {
    await create('alice/kept');
    const line = await large('alice/kept', 'model.bin');
    const head = await commit('alice/kept', line);
    const sha = (line[1] as { oid: string }).oid;
    expect((await send('/alice/kept/resolve/main/model.bin')).body.length).toBe(2000); // now cached
    expect((await remove('alice/kept', [sha], { rewriteHistory: false })).status).toBe(200);
    expect(((await read('/api/models/alice/kept')) as { sha: string }).sha).toBe(head);
    const file = await send('/alice/kept/resolve/main/model.bin');
    expect(file.body.toString()).toBe(`version https://git-lfs.github.com/spec/v1\noid sha256:${sha}\nsize 2000\n`);
    expect(await list('alice/kept')).toEqual([]);
    await commit('alice/kept', await large('alice/kept', 'model.bin', randomBytes(10)));
    expect((await send('/alice/kept/resolve/main/model.bin')).body.length).toBe(10);
  });

  it('are not deleted by others, or if one of them does not exist', async () => {
    const { old } = await history('alice/guarded');
    expect((await remove('alice/guarded', [old], {}, bob)).status).toBe(403);
    expect((await remove('alice/guarded', [old], {}, reader)).status).toBe(403);
    expect((await remove('alice/guarded', [old, 'a'.repeat(64)])).status).toBe(404);
    expect((await remove('alice/guarded', ['x'])).status).toBe(400);
    expect((await remove('alice/guarded', [])).status).toBe(400);
    expect((await list('alice/guarded')).length).toBe(4);
  });

  it('stay in a copy of the repository when the original deletes them', async () => {
    const { current } = await history('alice/shared-1');
    const json = { repository: 'alice/shared-2' };
    expect((await send('/api/models/alice/shared-1/duplicate', { method: 'POST', json })).status).toBe(200);
    expect((await list('alice/shared-2')).length).toBe(3); // without the uncommitted one
    expect((await remove('alice/shared-1', [current])).status).toBe(200);
    expect((await send('/alice/shared-2/resolve/main/a/b/current.bin')).body.length).toBe(2000);
  });
});

describe('comparing revisions', () => {
  it('lists changed files in the raw format', async () => {
    await create('alice/compared');
    await commit(
      'alice/compared',
      fileLine('a/same.txt', 's'),
      fileLine('a/edit.txt', 'one'),
      fileLine('gone.txt', 'x'),
    );
    await send('/api/models/alice/compared/branch/feat%2Fx', { method: 'POST' });
    await commit(
      'alice/compared',
      fileLine('a/edit.txt', 'two!'),
      ['deletedFile', { path: 'gone.txt' }],
      fileLine('b/nul.txt', Buffer.from([0, 1, 2])),
      await large('alice/compared', 'b/large.bin'),
      fileLine('b/ta\u00e9.txt', ''),
    );
    const path = '/api/models/alice/compared/compare/feat%2Fx..main?raw=true';
    const response = await send(path, {}, undefined);
    expect([response.status, response.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    const lines = response.body.toString().split('\n').slice(0, -1);
    const id = '[0-9a-f]{40}\\.\\.\\.';
    const none = `0{40}\\.\\.\\.`;
    const expected = [
      `T 4\t:100644 100644 ${id} ${id} M\ta/edit.txt`,
      `T 2000\t:000000 100644 ${none} ${id} A\tb/large.bin`,
      `B 3\t:000000 100644 ${none} ${id} A\tb/nul.txt`,
      `T 0\t:000000 100644 ${none} ${id} A\tb/ta\u00e9.txt`,
      `T 1\t:100644 000000 ${id} ${none} D\tgone.txt`,
    ];
    const changed = lines.filter((line) => !line.endsWith('.gitattributes'));
    expect(changed.length).toBe(expected.length);
    for (const [at, line] of changed.entries()) expect(line).toMatch(new RegExp(`^${expected[at]!}$`));
    const all = await send(
      `/api/models/alice/compared/compare/4b825dc642cb6eb9a060e54bf8d69288fbee4904..feat/x?raw=true`,
    );
    expect(all.body.toString().split('\n').length).toBe(5);
    expect((await send('/api/models/alice/compared/compare/main..main?raw=true')).body.toString()).toBe('');
  });

  it('prints their changes as git does', async () => {
    const response = await send('/api/models/alice/compared/compare/feat%2Fx..main', {}, undefined);
    expect([response.status, response.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    const diff = response.body.toString();
    const noEnd = '\\ No newline at end of file';
    expect(diff).toContain(`--- a/a/edit.txt\n+++ b/a/edit.txt\n@@ -1 +1 @@\n-one\n${noEnd}\n+two!\n${noEnd}\n`);
    expect(diff).toContain('Binary files /dev/null and b/b/nul.txt differ\n');
    expect(diff).toContain('+++ b/b/large.bin\n@@ -0,0 +1,3 @@\n+version https://git-lfs.github.com/spec/v1\n');
    expect(diff).toContain('deleted file mode 100644\n');
    expect((await send('/api/models/alice/compared/compare/main..main')).body.toString()).toBe('');
    expect((await send('/api/models/alice/compared/compare/main')).body.toString()).toBe(diff);
    const [, , first] = (await send('/api/models/alice/compared/commits/main')).json() as { id: string }[];
    const initial = (await send(`/api/models/alice/compared/compare/${first!.id}`)).body.toString();
    expect(initial).toMatch(/^diff --git a\/\.gitattributes b\/\.gitattributes\nnew file mode 100644\n/);
  });

  it('is refused for other ranges and repositories', async () => {
    const status = async (path: string, user = alice): Promise<number> => (await send(path, {}, user)).status;
    expect(await status('/api/models/alice/compared/compare/..main?raw=true')).toBe(400);
    expect(await status('/api/models/alice/compared/compare/none')).toBe(404);
    expect(await status('/api/models/alice/compared/compare/main...main?raw=true')).toBe(400);
    expect(await status('/api/models/alice/compared/compare/main..none?raw=true')).toBe(404);
    expect(await status('/api/models/alice/large/compare/main..main?raw=true', bob)).toBe(404);
    expect(await status('/api/models/far/model/compare/main..main?raw=true')).toBe(404);
  });
});
