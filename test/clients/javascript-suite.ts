import {
  countCommits,
  downloadFile,
  fileExists,
  listCommits,
  listFiles,
  modelInfo,
  pathsInfo,
  repoExists,
  snapshotDownload,
} from '@huggingface/hub';
import { jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TINY_FILES, contentOf } from './client-repos.js';
import type { Stage } from './read-suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const TINY = { repo: 'far-ai/tiny' };
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
const bytesOf = async (blob: Blob | null): Promise<Buffer> => {
  if (!blob) throw new Error('File not found');
  return Buffer.from(await blob.arrayBuffer());
};

/**
 * Read operations that @huggingface/hub must support. It does not escape paths in URLs: names with `#` or `?` fail,
 * and so do empty files, because it requests their length as a range.
 */
export const describeJavascript = (fixture: () => Stage & { readonly xet?: false }): void => {
  const at = <T extends object>(more: T = {} as T) => {
    const { settings, xet } = fixture();
    return { hubUrl: settings.endpoint, accessToken: settings.token, ...(xet === false ? { xet } : {}), ...more };
  };

  it.each(['config.json', 'model.safetensors', 'odd/with space.txt', 'odd/a+b.txt', 'odd/grüße 日本.txt'])(
    'downloads %s',
    async (path) => {
      const blob = await downloadFile(at({ ...TINY, path }));
      expect((await bytesOf(blob)).equals(contentOf(TINY_FILES, path))).toBe(true);
    },
  );

  it('reads a slice and the pointer of a large file, and returns null for a missing file', async () => {
    const blob = await downloadFile(at({ ...TINY, path: 'model.safetensors' }));
    const slice = await bytesOf(blob?.slice(1000, 1010) ?? null);
    expect(slice).toEqual(contentOf(TINY_FILES, 'model.safetensors').subarray(1000, 1010));
    const pointer = await downloadFile(at({ ...TINY, path: 'model.safetensors', raw: true }));
    expect(await pointer?.text()).toMatch(/^version https:\/\/git-lfs.*\noid sha256:[0-9a-f]{64}\nsize 300000\n$/);
    expect(await downloadFile(at({ ...TINY, path: 'no/such.txt' }))).toBeNull();
  });

  it('checks whether files, repositories and revisions exist', async () => {
    expect(await fileExists(at({ ...TINY, path: 'config.json' }))).toBe(true);
    expect(await fileExists(at({ ...TINY, path: 'no.json' }))).toBe(false);
    expect(await repoExists(at(TINY))).toBe(true);
    expect(await repoExists(at({ repo: 'far-ai/nothing' }))).toBe(false);
  });

  it('lists files over several pages, and of revisions with unescaped slashes', async () => {
    const repo = fixture().huggingFace.repo('far-ai/tiny');
    const listed = await all(listFiles(at({ ...TINY, recursive: true })));
    expect(listed.map(({ path }) => path)).toEqual(repo.main.entries.map(({ path }) => path));
    for (const revision of ['refs/pr/1', 'feat/x']) {
      const there = await all(listFiles(at({ ...TINY, recursive: true, revision })));
      expect(there.map(({ path }) => path)).toEqual(repo.find(revision)?.entries.map(({ path }) => path));
    }
  });

  it('reads repository, path and commit information', async () => {
    expect(await modelInfo(at({ name: 'far-ai/tiny' }))).toMatchObject({ name: 'far-ai/tiny', gated: false });
    expect(await modelInfo(at({ name: 'gpt2' }))).toMatchObject({ likes: 56 });
    const paths = await pathsInfo(at({ ...TINY, paths: ['shards', 'config.json', 'missing'], expand: true }));
    expect(paths.map(({ path, type }) => [path, type]).sort()).toEqual([
      ['config.json', 'file'],
      ['shards', 'directory'],
    ]);
    expect((await all(listCommits(at({ ...TINY, batchSize: 1 })))).length).toBe(3);
    expect(await countCommits(at(TINY))).toBe(3);
  });

  it('downloads a snapshot', async () => {
    jest.spyOn(console, 'debug').mockImplementation(() => undefined); // the client logs each file
    const cacheDir = await temporaryFolder();
    const folder = await snapshotDownload(at({ repo: 'far-ai/new-name', cacheDir }));
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({ model_type: 'gpt2' });
  });
};
