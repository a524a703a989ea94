import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { HeldSourceUrls1768700000000 } from '../../../src/platform/database/migrations/1768700000000-held-source-urls.js';
import { parseFullName } from '../../../src/domain/repo-id.js';
import { ContentCacheFigures } from '../../../src/repos/content-cache/content-cache-figures.service.js';
import { HeldContentStore } from '../../../src/repos/content-cache/held-content.store.js';
import { HeldFileStore } from '../../../src/repos/content-cache/held-files.store.js';
import type { FileName } from '../../../src/repos/content-cache/pin-matcher.js';
import { PinStore } from '../../../src/repos/content-cache/pins.store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';

const COMMIT = 'a'.repeat(40);
const nameOf = (repo: string, path: string, more: Partial<FileName> = {}): FileName => ({
  repo: { type: 'model', ...parseFullName(repo) },
  commit: COMMIT,
  revision: 'main',
  path: path.split('/'),
  ...more,
});

describeOnEveryDatabase.inFullRuns('the names and pins of cached files', (newDatabase) => {
  let database: DataSource;
  let files: HeldFileStore;
  let held: HeldContentStore;
  let pins: PinStore;
  beforeAll(async () => {
    database = await openDatabase(newDatabase);
    files = new HeldFileStore(database);
    held = new HeldContentStore(database);
    pins = new PinStore(database);
  });
  beforeEach(async () => {
    await database.query('DELETE FROM held_contents');
    await database.query('DELETE FROM content_cache_pins');
  });

  /** Adds a file of 10 bytes with these names. */
  async function add(...names: FileName[]): Promise<string> {
    const { id } = await held.findOrAdd({ sourceKey: 'db:1', etag: randomUUID().replaceAll('-', ''), size: 10 });
    await database.query('UPDATE held_contents SET bytes = 10, is_published = true WHERE id = $1', [id]);
    for (const name of names) await files.add(id, name);
    return id;
  }
  const unpinned = async (): Promise<string[]> => (await held.leastRecentlyRead(100)).map(({ id }) => id);

  it.each<[string, Partial<{ repos: string; revision: string; files: string }>, boolean]>([
    ['of its repository', { repos: 'org/model' }, true],
    ['of its repository and type', { repos: 'model:org/model' }, true],
    ['of another type', { repos: 'dataset:org/model' }, false],
    ['of its organization', { repos: 'org/*' }, true],
    ['of another repository', { repos: 'org/other' }, false],
    ['of its name', { files: '*.bin' }, true],
    ['of another name', { files: '*.txt' }, false],
    ['of its commit', { revision: COMMIT }, true],
    ['of its branch', { revision: 'main' }, true],
    ['of another revision', { revision: 'v1' }, false],
  ])('a pin %s applies to files that were cached before and after it', async (_, pin, isPinned) => {
    const before = await add(nameOf('org/model', 'onnx/a.bin'));
    await pins.put({ id: 'p', repos: '*/*', revision: null, files: null, ...pin });
    const after = await add(nameOf('org/model', 'onnx/b.bin'));
    expect(await unpinned()).toEqual(isPinned ? [] : expect.arrayContaining([before, after]));
    expect(await held.remove(before, randomUUID(), true)).toEqual(isPinned ? undefined : expect.anything());
    await pins.remove('p');
    expect(await unpinned()).toContain(after);
  });

  it('a file with several names is kept if one of them is pinned', async () => {
    const id = await add(nameOf('org/model', 'a.bin'), nameOf('org/fork', 'b.bin'));
    await pins.put({ id: 'p', repos: 'org/fork', revision: null, files: null });
    expect(await unpinned()).toEqual([]);
    expect(await files.removable(nameOf('org/model', '').repo)).toEqual([]);
    await pins.put({ id: 'p', repos: 'org/else', revision: null, files: null });
    expect(await unpinned()).toEqual([id]);
  });

  it('files of a source that was added again under another key become one file of its URL', async () => {
    const add = async (sourceKey: string, etag: string, more: string): Promise<string> => {
      const { id } = await held.findOrAdd({ sourceKey, etag, size: 10 });
      await database.query(`UPDATE held_contents SET ${more} WHERE id = $1`, [id]);
      await files.add(id, nameOf('org/model', `${sourceKey}.bin`));
      return id;
    };
    await database.query('UPDATE content_cache_usage SET bytes = 25');
    await add('db:1@aa', 'a', 'bytes = 5, is_pinned = true');
    const complete = await add('db:2@aa', 'a', 'bytes = 10, is_published = true');
    const other = await add('db:1@bb', 'a', 'bytes = 10');
    await database.transaction((m) => new HeldSourceUrls1768700000000().up(m.queryRunner!));
    const rows = await database.query<unknown[]>(
      `SELECT h.id, source_key AS key, is_pinned AS pinned, (SELECT count(*)::int FROM held_files f WHERE f.content_id = h.id) AS names
       FROM held_contents h ORDER BY source_key`,
    );
    expect(rows).toEqual([
      { id: complete, key: 'url:aa', pinned: true, names: 2 },
      { id: other, key: 'url:bb', pinned: false, names: 1 },
    ]);
    expect(await held.usage()).toEqual({ files: 2, bytes: 20 });
    await database.query('UPDATE content_cache_usage SET bytes = 0');
  });

  it('names that are added while a pin is stored are pinned as well', async () => {
    const put = pins.put({ id: 'p', repos: 'org/*', revision: null, files: null });
    await Promise.all([put, ...Array.from({ length: 20 }, (_, n) => add(nameOf('org/model', `${n}.bin`)))]);
    expect(await unpinned()).toEqual([]);
  });

  it('there are at most 100 pins', async () => {
    for (let n = 0; n < 100; n++)
      await database.query(`INSERT INTO content_cache_pins (id, repos) VALUES ($1, 'a/b')`, [`p${n}`]);
    const pin = { repos: 'a/b', revision: null, files: null };
    await expect(pins.put({ id: 'p100', ...pin })).rejects.toThrow('There can be at most 100 pins.');
    expect(await pins.put({ id: 'p1', ...pin })).toBe(false);
  });

  it('repositories are listed by name in pages, and searched', async () => {
    for (const repo of ['b/two', 'a/one', 'gpt2'])
      await add(nameOf(repo, 'a'), nameOf(repo, 'a', { commit: 'b'.repeat(40) }));
    await add(nameOf('a/one', 'b'), nameOf('a/one', 'c'));
    const first = await files.repositories({ limit: 2 });
    expect(first.map(({ repo, files, bytes }) => [repo, files, bytes])).toEqual([
      ['a/one', 2, 20],
      ['b/two', 1, 10],
    ]);
    const rest = await files.repositories({ after: ['b/two', 'model'], limit: 2 });
    expect(rest.map(({ repo }) => repo)).toEqual(['gpt2']);
    const found = await files.repositories({ search: 'TW', limit: 5 });
    expect(found.map(({ repo }) => repo)).toEqual(['b/two']);
    expect(await files.repositories({ search: '%', limit: 5 })).toEqual([]);
    const repo = nameOf('a/one', '').repo;
    const page = await files.files(repo, undefined, 2);
    expect(page.map(({ path }) => path)).toEqual(['a', 'b']);
    expect((await files.files(repo, ['b', page[1]!.id], 2)).map(({ path }) => path)).toEqual(['c']);
    expect([await files.paths(repo, COMMIT), await files.paths(repo, 'b'.repeat(40))]).toEqual([
      expect.arrayContaining(['a', 'b', 'c']),
      ['a'],
    ]);
  });

  it('figures of several replicas are summed per minute', async () => {
    const replicas = [new ContentCacheFigures(database), new ContentCacheFigures(database)];
    for (const replica of replicas) {
      replica.add('hits', 2);
      replica.add('servedBytes', 1e10);
      await replica.flush();
    }
    const hour = await replicas[0]!.lastHour();
    const sum = (field: 'hits' | 'servedBytes'): number => hour.reduce((total, minute) => total + minute[field], 0);
    expect([sum('hits'), sum('servedBytes')]).toEqual([4, 2e10]);
  });
});
