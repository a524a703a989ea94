import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { DownloadCounts } from '../../../src/repos/store/download-counts.service.js';
import { DownloadStore } from '../../../src/repos/store/download.store.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describeOnEveryDatabase('counting downloads', (newDatabase) => {
  let store: LocalStore;
  let repository: LocalRepo;
  let counts: DownloadCounts;
  let now: number;

  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    now = Date.parse('2026-03-01T12:00:00Z');
    counts = new DownloadCounts(new DownloadStore(store.database), () => new Date(now));
    repository = await store.repository();
  });

  const shown = async (): Promise<[number, number]> => {
    const { downloads, downloadsAllTime } = (await store.find(repository.repo))!;
    return [downloads, downloadsAllTime];
  };
  const download = async (who = 'alice'): Promise<void> => {
    counts.record(repository.id, who);
    await counts.flush();
  };

  it('a caller’s files of five minutes are one, and each caller counts', async () => {
    for (let file = 0; file < 100; file++) counts.record(repository.id, 'alice');
    counts.record(repository.id, 'bob');
    expect(await shown()).toEqual([0, 0]);
    await counts.flush();
    expect(await shown()).toEqual([2, 2]);
    now += 4 * MINUTE;
    await download();
    expect(await shown()).toEqual([2, 2]);
    now += MINUTE;
    await download();
    expect(await shown()).toEqual([3, 3]);
  });

  it('what is more than 30 days ago falls out, and stays in the sum of all time', async () => {
    await download();
    now += 29 * DAY;
    await download();
    expect(await shown()).toEqual([2, 2]);
    now += DAY;
    await counts.flush();
    expect(await shown()).toEqual([1, 2]);
    now += 30 * DAY;
    await counts.flush();
    expect(await shown()).toEqual([0, 2]);
  });

  it('nothing is lost when the database fails, nor when a repository goes', async () => {
    const gone = await store.repository();
    counts.record(repository.id, 'alice');
    counts.record(gone.id, 'alice');
    await store.database.query('DELETE FROM repositories WHERE id = $1', [gone.id]);
    await store.database.query('ALTER TABLE download_days RENAME TO away');
    await counts.flush();
    await store.database.query('ALTER TABLE away RENAME TO download_days');
    expect(await shown()).toEqual([0, 0]);
    counts.record(repository.id, 'bob');
    await counts.flush();
    expect(await shown()).toEqual([2, 2]);
  });

  it('goes on after the hub has been stopped and started', async () => {
    const database = await newDatabase();
    const before = await LocalStore.open(database);
    const { id, repo } = await before.repository();
    before.downloads.record(id, 'alice');
    await before.close();
    const after = await LocalStore.open(database);
    expect(await after.find(repo)).toMatchObject({ downloads: 1, downloadsAllTime: 1 });
    await after.close();
  });

  it('is added to by several at once', async () => {
    const other = new DownloadCounts(new DownloadStore(store.database), () => new Date(now));
    other.record(repository.id, 'alice');
    counts.record(repository.id, 'bob');
    await Promise.all([counts.flush(), other.flush(), counts.flush()]);
    expect(await shown()).toEqual([2, 2]);
  });
});
