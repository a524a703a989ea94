import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ODD_NAMES, TINY_FILES, contentOf } from './client-repos.js';
import type { FakeHuggingFace } from '../support/fake-huggingface.js';
import { isBlob } from '../support/fake-repo.js';
import { PythonClient, type PythonCall, type PythonEnv, type PythonSettings } from '../support/python-client.js';

/** The endpoint of the client, and the fake huggingface.co behind it. */
export interface Stage {
  readonly huggingFace: FakeHuggingFace;
  readonly settings: PythonSettings;
}

const api = (call: string, args: Record<string, unknown>): PythonCall => ({ on: 'api', call, args });
const fs = (call: string, args: Record<string, unknown>): PythonCall => ({ on: 'fs', call, args });
const TINY = { repo_id: 'far-ai/tiny' };

interface Entry {
  readonly path: string;
  readonly class: string;
}

/** Relative paths of all files below a folder. */
export const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(folder.length + 1)).sort();
};

const expectTinyIn = async (folder: string): Promise<void> => {
  const files = (await filesBelow(folder)).filter((file) => !file.startsWith('.cache/'));
  expect(files).toEqual(Object.keys(TINY_FILES).sort());
  for (const file of files) expect((await readFile(join(folder, file))).equals(contentOf(TINY_FILES, file))).toBe(true);
};

/** Read operations that all versions of huggingface_hub must support. */
export const describeReads = (env: PythonEnv, fixture: () => Stage): void => {
  let python: PythonClient;
  beforeAll(async () => {
    python = await PythonClient.start(env, fixture().settings);
  });
  afterAll(() => python?.close());

  it('downloads a whole repository with the command line', async () => {
    const folder = join(python.home, 'tiny');
    const { code, stderr } = await python.hf('download', 'far-ai/tiny', '--local-dir', folder);
    expect([code, stderr.match(/Error.*/)?.[0]]).toEqual([0, undefined]);
    await expectTinyIn(folder);
  });

  it('downloads a snapshot and files with unusual names', async () => {
    const oddFiles = ODD_NAMES.map((filename) => api('hf_hub_download', { ...TINY, filename }));
    const [snapshot, ...files] = await python.call(api('snapshot_download', TINY), ...oddFiles);
    expect(snapshot?.error).toBeUndefined();
    const folder = snapshot?.value as string;
    expect(folder.endsWith(`snapshots/${fixture().huggingFace.repo('far-ai/tiny').main.id}`)).toBe(true);
    await expectTinyIn(folder);
    expect(files.map(({ value }) => value)).toEqual(ODD_NAMES.map((name) => join(folder, name)));
  });

  it('reads repository information at all kinds of revisions', async () => {
    const repo = fixture().huggingFace.repo('far-ai/tiny');
    const revisions = ['main', 'v1.0', 'feat/x', 'refs/pr/1', repo.main.id, repo.main.id.slice(0, 7)];
    const outcomes = await python.call(
      api('model_info', { ...TINY, files_metadata: true }),
      ...revisions.map((revision) => api('model_info', { ...TINY, revision })),
      api('dataset_info', { repo_id: 'far-ai/rows' }),
      api('space_info', { repo_id: 'far-ai/demo' }),
      api('model_info', { ...TINY, expand: ['likes', 'sha'] }),
    );
    expect(outcomes.map(({ error }) => error)).toEqual(outcomes.map(() => undefined));
    const infos = outcomes.map(
      ({ value }) => value as { id: string; sha: string; siblings: Record<string, unknown>[] },
    );
    expect(infos.slice(1, 7).map(({ sha }) => sha)).toEqual(revisions.map((revision) => repo.find(revision)?.id));
    expect(infos.slice(7).map(({ id }) => id)).toEqual(['far-ai/rows', 'far-ai/demo', 'far-ai/tiny']);
    expect(infos[0]?.siblings.find(({ rfilename }) => rfilename === 'model.safetensors')).toMatchObject({
      size: 300_000,
      lfs: { size: 300_000 },
    });
  });

  it('lists a tree over three pages, and a folder', async () => {
    const main = fixture().huggingFace.repo('far-ai/tiny').main;
    const [whole, expanded, folder] = await python.call(
      api('list_repo_tree', { ...TINY, recursive: true }),
      api('list_repo_tree', { ...TINY, recursive: true, expand: true }),
      api('list_repo_tree', { ...TINY, path_in_repo: 'shards/deep', recursive: true }),
    );
    const expected = main.entries.map((entry) => [entry.path, isBlob(entry) ? 'RepoFile' : 'RepoFolder']);
    for (const outcome of [whole, expanded]) {
      expect((outcome?.value as Entry[]).map((entry) => [entry.path, entry.class])).toEqual(expected);
    }
    expect(expected.length).toBeGreaterThan(2 * (fixture().huggingFace.options.pageSize ?? 1000));
    expect((folder?.value as Entry[]).map(({ path }) => path)).toEqual(['shards/deep/er', 'shards/deep/er/part-2.bin']);
  });

  it('reads path information and omits missing paths', async () => {
    const paths = ['model.safetensors', 'shards', ...ODD_NAMES, 'no/such.txt'];
    const [some, none] = await python.call(
      api('get_paths_info', { ...TINY, paths }),
      api('get_paths_info', { ...TINY, paths: ['nothing/here'] }),
    );
    expect((some?.value as Entry[]).map(({ path }) => path).sort()).toEqual(paths.slice(0, -1).sort());
    expect(none).toEqual({ value: [] });
  });

  it('lists refs with pull requests, and commits', async () => {
    const repo = fixture().huggingFace.repo('far-ai/tiny');
    const [refs, commits] = await python.call(
      api('list_repo_refs', { ...TINY, include_pull_requests: true }),
      api('list_repo_commits', TINY),
    );
    expect(refs?.value).toMatchObject({
      branches: [{ name: 'main', target_commit: repo.main.id }, { name: 'feat/x' }],
      tags: [{ name: 'v1.0' }],
      pull_requests: [{ name: '1', ref: 'refs/pr/1' }],
    });
    expect((commits?.value as { commit_id: string }[]).map(({ commit_id }) => commit_id)).toEqual([
      repo.main.id,
      repo.main.parent?.id,
      repo.main.parent?.parent?.id,
    ]);
  });

  it('checks whether files, repositories and revisions exist', async () => {
    const outcomes = await python.call(
      api('file_exists', { ...TINY, filename: 'config.json' }),
      api('file_exists', { ...TINY, filename: 'no.json' }),
      api('repo_exists', TINY),
      api('revision_exists', { ...TINY, revision: 'refs/pr/1' }),
      api('revision_exists', { ...TINY, revision: 'refs/pr/2' }),
    );
    expect(outcomes.map(({ value }) => value)).toEqual([true, false, true, true, false]);
  });

  it('reads through HfFileSystem', async () => {
    const [top, text, part, there, missing] = await python.call(
      fs('ls', { path: 'far-ai/tiny', detail: false }),
      fs('cat_file', { path: 'datasets/far-ai/rows/data/test.csv' }),
      fs('cat_file', { path: 'far-ai/tiny/model.safetensors', start: 1000, end: 1010 }),
      fs('exists', { path: 'far-ai/tiny@refs/pr/1/new/file.txt' }),
      fs('exists', { path: 'far-ai/tiny/additional_chat_templates' }),
    );
    expect(top?.value).toContain('far-ai/tiny/shards');
    expect(text?.value).toBe('id,text\n4,vier\n');
    expect(part?.value).toBe(contentOf(TINY_FILES, 'model.safetensors').subarray(1000, 1010).toString('latin1'));
    expect([there?.value, missing?.value]).toEqual([true, false]);
  });

  it('finds repositories by short and former names', async () => {
    const outcomes = await python.call(
      api('hf_hub_download', { repo_id: 'gpt2', filename: 'config.json' }),
      api('hf_hub_download', { repo_id: 'far-ai/old-name', filename: 'config.json' }),
      api('model_info', { repo_id: 'gpt2' }),
      api('list_repo_tree', { repo_id: 'gpt2' }),
      api('get_paths_info', { repo_id: 'far-ai/old-name', paths: ['config.json'] }),
      api('snapshot_download', { repo_id: 'gpt2' }),
    );
    expect(outcomes.map(({ error }) => error)).toEqual(outcomes.map(() => undefined));
  });
};
