import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow, type Stage } from './read-suite.js';
import { registerUser } from '../support/register-user.js';
import { PythonClient, type PythonCall, type PythonEnv, type PythonOutcome } from '../support/python-client.js';

/** A fixture with the account of the client. */
export interface WriteFixture extends Stage {
  readonly account: string;
}

const api = (call: string, args: Record<string, unknown>): PythonCall => ({ on: 'api', call, args });
const fs = (call: string, args: Record<string, unknown>): PythonCall => ({ on: 'fs', call, args });
const add = (path_in_repo: string, text: string) => ({
  $operation: 'Add',
  path_in_repo,
  path_or_fileobj: { $bytes: text },
});
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/**
 * The values of all calls.
 * @throws the first exception of the client
 */
const values = (outcomes: readonly PythonOutcome[]): unknown[] =>
  outcomes.map(({ value, error, message }) => {
    if (error) throw new Error(`${error[0]}: ${message}`);
    return value;
  });

interface Entry {
  readonly path: string;
  readonly size?: number;
  readonly blob_id?: string;
  readonly lfs?: { readonly sha256: string; readonly size: number };
}

/** Write operations that all versions of huggingface_hub must support, over Xet or LFS. */
export const describeWrites = (env: PythonEnv, tag: string, fixture: () => WriteFixture): void => {
  let python: PythonClient;
  beforeAll(async () => {
    python = await PythonClient.start(env, fixture().settings);
  });
  afterAll(() => python?.close());
  const run = async (...calls: PythonCall[]): Promise<unknown[]> => values(await python.call(...calls));
  const name = (what: string): string => `${fixture().account}/${tag}-${what}`;

  it('copies a large file to another repository', async () => {
    const [from, to] = [name('copy-from'), name('copy-to')];
    const content = randomBytes(200_000).toString('base64');
    await run(
      api('create_repo', { repo_id: from }),
      api('create_repo', { repo_id: to, repo_type: 'dataset' }),
      api('create_commit', { repo_id: from, commit_message: 'large', operations: [add('x/big.bin', content)] }),
      api('copy_files', { source: `hf://${from}/x/big.bin`, destination: `hf://datasets/${to}/y/big.bin` }),
    );
    const [copies] = (await run(
      api('get_paths_info', { repo_id: to, repo_type: 'dataset', paths: ['y/big.bin'] }),
    )) as [Entry[]];
    expect(copies.map(({ path, lfs }) => [path, lfs?.sha256])).toEqual([['y/big.bin', sha256(Buffer.from(content))]]);
  });

  it('gates a repository, and reviews requests for access', async () => {
    const { endpoint } = fixture().settings;
    const [repo_id, user] = [name('gated'), `reader-${tag}`];
    const token = await registerUser(endpoint, user);
    const content = randomBytes(200_000).toString('base64');
    const operations = [add('README.md', '# Gated'), add('x/big.bin', content)];
    await run(
      api('create_repo', { repo_id }),
      api('create_commit', { repo_id, commit_message: 'first', operations }),
      api('update_repo_settings', { repo_id, gated: 'manual' }),
    );
    const asReader = (call: string, args: object = {}) => api(call, { repo_id, token, ...args });
    const download = asReader('hf_hub_download', { filename: 'x/big.bin' });
    const refused = [download, asReader('auth_check'), asReader('snapshot_download')];
    const errors = async (...calls: PythonCall[]) =>
      (await python.call(...calls)).map(({ error, message }) => [error?.[0], /[^\n]*$/.exec(message ?? '')![0]]);
    const reason = `Access to model ${repo_id} is restricted and you are not in the authorized list. Visit ${endpoint}/${repo_id} to ask for access.`;
    expect(await errors(...refused)).toEqual(refused.map(() => ['GatedRepoError', reason]));
    const card = asReader('hf_hub_download', { filename: 'README.md' });
    const [info, files] = (await run(asReader('model_info'), asReader('list_repo_files'), card)) as [
      { gated: string },
      string[],
    ];
    expect([info.gated, files]).toEqual(['manual', ['.gitattributes', 'README.md', 'x/big.bin']]);

    const headers = { authorization: `Bearer ${token}` };
    const request = { method: 'POST', headers, redirect: 'manual' } as const;
    expect((await fetch(`${endpoint}/${repo_id}/ask-access`, request)).status).toBe(303);
    const lists = ['pending', 'accepted', 'rejected'].map((list) => api(`list_${list}_access_requests`, { repo_id }));
    const requests = async () =>
      ((await run(...lists)) as { username: string }[][]).map((list) => list.map((entry) => entry.username));
    expect(await requests()).toEqual([[user], [], []]);
    await run(api('accept_access_request', { repo_id, user }), download, asReader('snapshot_download'));
    expect(await requests()).toEqual([[], [user], []]);
    await run(api('reject_access_request', { repo_id, user, rejection_reason: 'Out of date' }));
    expect(await errors(asReader('auth_check'))).toEqual([
      [
        'GatedRepoError',
        `Your request to access model ${repo_id} has been rejected by the repo's authors. Reason: Out of date`,
      ],
    ]);
    await run(
      api('cancel_access_request', { repo_id, user }),
      api('grant_access', { repo_id, user }),
      asReader('auth_check'),
    );
    const failed = await errors(
      api('grant_access', { repo_id, user }),
      api('accept_access_request', { repo_id, user }),
    );
    expect(failed.map(([error]) => error)).toEqual(['BadRequestError', 'HfHubHTTPError']);
    await run(api('update_repo_settings', { repo_id, gated: false }));
    expect((await run(api('model_info', { repo_id }))) as { gated: unknown }[]).toMatchObject([{ gated: false }]);
  });

  it('reports fields that would be lost as errors', async () => {
    const [space, gated] = await python.call(
      api('create_repo', {
        repo_id: name('secrets'),
        repo_type: 'space',
        space_sdk: 'gradio',
        space_secrets: [{ key: 'K', value: 'V' }],
      }),
      api('create_repo', { repo_id: name('group'), resource_group_id: 'abc' }),
    );
    expect(space).toMatchObject({ message: expect.stringContaining('does not store secrets of spaces') as string });
    expect(gated).toMatchObject({ message: expect.stringContaining('does not have resource groups') as string });
  });

  it('creates and deletes a repository, with exist_ok and missing_ok', async () => {
    const repo_id = name('made');
    const [first, second] = (await run(
      api('create_repo', { repo_id, private: true }),
      api('create_repo', { repo_id, exist_ok: true }),
    )) as string[];
    expect(String(first)).toBe(String(second));
    const [again] = await python.call(api('create_repo', { repo_id }));
    expect(again?.error?.[0]).toBe('HfHubHTTPError');
    const [info] = (await run(api('model_info', { repo_id }))) as { private: boolean; id: string }[];
    expect([info?.id, info?.private]).toEqual([repo_id, true]);
    await run(api('delete_repo', { repo_id }), api('delete_repo', { repo_id, missing_ok: true }));
    const [gone] = await python.call(api('delete_repo', { repo_id }));
    expect(gone?.error?.[0]).toMatch(/^(RepositoryNotFoundError|RemoteRepositoryNotFoundError)$/);
    expect(await run(api('repo_exists', { repo_id }))).toEqual([false]);
  });

  it('uploads a folder with a large file, and creates no commit for an unchanged folder', async () => {
    const repo_id = name('folder');
    const folder_path = join(python.home, 'folder');
    const large = randomBytes(20_000_000);
    await mkdir(join(folder_path, 'data'), { recursive: true });
    await writeFile(join(folder_path, 'README.md'), '---\nlicense: mit\ntags:\n- tiny\n---\n# A folder\n');
    await writeFile(join(folder_path, 'data', 'weights.bin'), large);
    await writeFile(join(folder_path, 'data', 'empty.txt'), '');
    await run(api('create_repo', { repo_id }), api('upload_folder', { repo_id, folder_path }));
    const [before, tree] = (await run(
      api('model_info', { repo_id }),
      api('list_repo_tree', { repo_id, recursive: true }),
    )) as [{ sha: string; tags: string[]; card_data: { license: string } }, Entry[]];
    expect(before.card_data.license).toBe('mit');
    expect(before.tags).toEqual(expect.arrayContaining(['tiny', 'license:mit']));
    expect(tree.find(({ path }) => path === 'data/weights.bin')).toMatchObject({
      size: large.length,
      lfs: { sha256: sha256(large), size: large.length },
    });
    await run(api('upload_folder', { repo_id, folder_path }));
    const [after] = (await run(api('model_info', { repo_id }))) as { sha: string }[];
    expect(after?.sha).toBe(before.sha);
    const local_dir = join(python.home, 'downloaded');
    await run(api('snapshot_download', { repo_id, local_dir }));
    const files = (await filesBelow(local_dir)).filter((file) => !file.startsWith('.cache/'));
    expect(files).toEqual(['.gitattributes', 'README.md', 'data/empty.txt', 'data/weights.bin']);
    expect((await readFile(join(local_dir, 'data', 'weights.bin'))).equals(large)).toBe(true);
  }, 120_000);

  it('uploads a stream and a large file, and the large file again after a change', async () => {
    const repo_id = name('file');
    const content = randomBytes(12_000_000);
    const path = join(python.home, 'model.safetensors');
    await writeFile(path, content);
    const upload = { repo_id, path_in_repo: 'model.safetensors', path_or_fileobj: path };
    await run(
      api('create_repo', { repo_id }),
      api('upload_file', upload),
      api('upload_file', { repo_id, path_in_repo: 'notes/a b.txt', path_or_fileobj: { $stream: 'from a stream' } }),
    );
    content.write('changed', 6_000_000);
    await writeFile(path, content);
    await run(api('upload_file', upload));
    const [info] = (await run(
      api('get_paths_info', { repo_id, paths: ['model.safetensors', 'notes/a b.txt'] }),
    )) as Entry[][];
    expect(info?.find(({ path: entryPath }) => entryPath === 'model.safetensors')?.lfs?.sha256).toBe(sha256(content));
    expect(info?.find(({ path: entryPath }) => entryPath === 'notes/a b.txt')?.size).toBe(13);
  }, 120_000);

  it('lists what repositories store, duplicates them, and deletes large files from their history', async () => {
    const [repo_id, copy] = [name('stored'), name('stored-copy')];
    const content = randomBytes(200_000).toString('base64');
    const [, , url] = (await run(
      api('create_repo', { repo_id, private: true }),
      api('create_commit', { repo_id, commit_message: 'large', operations: [add('x/big.bin', content)] }),
      api('duplicate_repo', { from_id: repo_id, to_id: copy }),
    )) as string[];
    expect(url).toContain(copy);
    const [stored, files] = (await run(api('list_user_repos', {}), api('list_lfs_files', { repo_id: copy }))) as [
      { id: string; visibility: string; storage: number }[],
      { filename: string; file_oid: string; size: number }[],
    ];
    for (const id of [repo_id, copy])
      expect(stored.find((entry) => entry.id === id)).toMatchObject({ visibility: 'private' });
    expect(stored.find(({ id }) => id === copy)!.storage).toBeGreaterThan(content.length);
    expect(files).toMatchObject([{ filename: 'x/big.bin', size: content.length }]);
    expect((await python.hf('repos', 'ls')).stdout).toContain(copy);
    await run(api('permanently_delete_lfs_files', { repo_id: copy, lfs_files: { $lfs_files: copy } }));
    const [left, paths, commits, original] = (await run(
      api('list_lfs_files', { repo_id: copy }),
      api('list_repo_files', { repo_id: copy }),
      api('list_repo_commits', { repo_id: copy }),
      api('list_repo_files', { repo_id }),
    )) as unknown[][];
    expect([left, paths, commits!.length, original]).toEqual([
      [],
      ['.gitattributes'],
      2,
      ['.gitattributes', 'x/big.bin'],
    ]);
    const [again] = await python.call(api('duplicate_repo', { from_id: repo_id, to_id: copy }));
    expect(again?.message).toMatch(/409/);
    await run(api('duplicate_repo', { from_id: repo_id, to_id: copy, exist_ok: true }));
  });

  it('adds, copies and deletes in one commit, and detects a changed branch', async () => {
    const repo_id = name('commit');
    await run(api('create_repo', { repo_id }));
    const commit = (operations: unknown[], more: Record<string, unknown> = {}) =>
      api('create_commit', { repo_id, operations, commit_message: 'Change', ...more });
    const [first] = await run(commit([add('a.txt', 'a'), add('old/b.txt', 'b'), add('old/c.txt', 'c')]));
    await run(
      commit([
        { $operation: 'Copy', src_path_in_repo: 'a.txt', path_in_repo: 'copy.txt' },
        { $operation: 'Delete', path_in_repo: 'a.txt' },
        { $operation: 'Delete', path_in_repo: 'old/', is_folder: true },
      ]),
    );
    expect(await run(api('list_repo_files', { repo_id }))).toEqual([['.gitattributes', 'copy.txt']]);
    const [stale] = await python.call(commit([add('late.txt', 'late')], { parent_commit: String(first).slice(-40) }));
    expect(stale?.message).toMatch(/412/);
    expect(await run(api('list_repo_files', { repo_id }))).toEqual([['.gitattributes', 'copy.txt']]);
    const [commits] = (await run(api('list_repo_commits', { repo_id }))) as { title: string }[][];
    expect(commits?.map(({ title }) => title)).toEqual(['Change', 'Change', 'initial commit']);
  });

  it('is refused a card that cannot be read, and nothing has changed', async () => {
    const repo_id = name('card');
    await run(api('create_repo', { repo_id }));
    const [before] = (await run(api('model_info', { repo_id }))) as { sha: string }[];
    const [refused] = await python.call(
      api('upload_file', { repo_id, path_in_repo: 'README.md', path_or_fileobj: { $bytes: '---\nlicense: [\n---\n' } }),
    );
    expect(refused?.error).toContain('ValueError');
    const [after] = (await run(api('model_info', { repo_id }))) as { sha: string }[];
    expect(after?.sha).toBe(before?.sha);
  });

  it('creates and deletes branches and tags, and squashes a history', async () => {
    const repo_id = name('refs');
    await run(
      api('create_repo', { repo_id }),
      api('upload_file', { repo_id, path_in_repo: 'a.txt', path_or_fileobj: { $bytes: 'a' } }),
      api('create_branch', { repo_id, branch: 'feat/x' }),
      api('create_branch', { repo_id, branch: 'feat/x', exist_ok: true }),
      api('create_tag', { repo_id, tag: 'v1', tag_message: 'first' }),
      api('create_tag', { repo_id, tag: 'v1', exist_ok: true }),
      api('upload_file', { repo_id, path_in_repo: 'x.txt', path_or_fileobj: { $bytes: 'x' }, revision: 'feat/x' }),
    );
    const [twice] = await python.call(api('create_tag', { repo_id, tag: 'v1' }));
    expect(twice?.message).toMatch(/409/);
    const [refs] = (await run(api('list_repo_refs', { repo_id }))) as Record<'branches' | 'tags', { name: string }[]>[];
    expect([refs?.branches.map(({ name: ref }) => ref).sort(), refs?.tags.map(({ name: ref }) => ref)]).toEqual([
      ['feat/x', 'main'],
      ['v1'],
    ]);
    await run(api('delete_tag', { repo_id, tag: 'v1' }), api('super_squash_history', { repo_id, branch: 'feat/x' }));
    const [commits, files] = (await run(
      api('list_repo_commits', { repo_id, revision: 'feat/x' }),
      api('list_repo_files', { repo_id, revision: 'feat/x' }),
    )) as [unknown[], string[]];
    expect([commits.length, files]).toEqual([1, ['.gitattributes', 'a.txt', 'x.txt']]);
    await run(api('delete_branch', { repo_id, branch: 'feat/x' }));
    expect(await run(api('revision_exists', { repo_id, revision: 'feat/x' }))).toEqual([false]);
  });

  it('moves a repository and makes it private, and redirects its old name', async () => {
    const [from_id, to_id] = [name('old'), name('new')];
    await run(
      api('create_repo', { repo_id: from_id }),
      api('upload_file', { repo_id: from_id, path_in_repo: 'a.txt', path_or_fileobj: { $bytes: 'a' } }),
      api('move_repo', { from_id, to_id }),
      api('update_repo_settings', { repo_id: to_id, private: true }),
    );
    const [info] = (await run(api('model_info', { repo_id: from_id }))) as { id: string; private: boolean }[];
    expect([info?.id, info?.private]).toEqual([to_id, true]);
    const invalidClient = await PythonClient.start(env, { endpoint: fixture().settings.endpoint });
    const [hidden] = await invalidClient.call(api('model_info', { repo_id: to_id }));
    const download = await invalidClient.hf('download', to_id);
    await invalidClient.close();
    expect(hidden?.error).toContain('RepositoryNotFoundError');
    expect([download.code === 0, download.stderr + download.stdout]).toEqual([
      false,
      expect.stringMatching(/Repository Not Found|not found/i),
    ]);
    await run(api('auth_check', { repo_id: to_id }));
  });

  it('writes through HfFileSystem', async () => {
    const repo_id = name('fs');
    await run(
      api('create_repo', { repo_id }),
      fs('pipe_file', { path: `${repo_id}/deep/er/note.txt`, value: { $bytes: 'written' } }),
    );
    const [text, there] = await run(
      fs('cat_file', { path: `${repo_id}/deep/er/note.txt` }),
      fs('exists', { path: `${repo_id}/deep/none` }),
    );
    expect([text, there]).toEqual(['written', false]);
    await run(fs('rm', { path: `${repo_id}/deep`, recursive: true }));
    expect(await run(api('list_repo_files', { repo_id }))).toEqual([['.gitattributes']]);
  });

  it('supports the hf command line', async () => {
    const repo_id = name('cli');
    const folder = join(python.home, 'cli');
    await mkdir(folder);
    await writeFile(join(folder, 'config.json'), '{"from":"cli"}');
    await writeFile(join(folder, 'weights.bin'), randomBytes(11_000_000));
    const log: string[] = [];
    const hf = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await python.hf(...args);
      log.push(`hf ${args.join(' ')}: ${code === 0 ? 'ok' : stderr.slice(-600)}`);
      return stdout;
    };
    await hf('auth', 'login', '--token', fixture().settings.token!);
    expect(await hf('auth', 'whoami')).toContain(fixture().account);
    await hf('repos', 'create', repo_id);
    await hf('upload', repo_id, folder, '.');
    await hf('repos', 'tag', 'create', repo_id, 'v1');
    await hf('repos', 'branch', 'create', repo_id, 'dev');
    await hf('upload', repo_id, join(folder, 'config.json'), 'other.json', '--revision', 'dev');
    await rm(folder, { recursive: true });
    await hf('download', repo_id, '--local-dir', folder, '--revision', 'dev');
    expect((await filesBelow(folder)).filter((file) => !file.startsWith('.cache/'))).toEqual([
      '.gitattributes',
      'config.json',
      'other.json',
      'weights.bin',
    ]);
    await hf('repos', 'delete-files', repo_id, '*.bin');
    await hf('repos', 'settings', repo_id, '--private');
    await hf('repos', 'delete', repo_id, '--yes');
    expect(log.filter((line) => !line.endsWith(': ok'))).toEqual([]);
  }, 120_000);
};
