import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { DownloadEvents } from '../../../src/repos/store/download-events.service.js';
import { DownloadCounts } from '../../../src/repos/store/download-counts.service.js';
import { DownloadStore } from '../../../src/repos/store/download.store.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

const CONFIG = { secretKeys: ['secret'], audit: { downloads: true, days: 0, downloadDays: 0 } };
/** Anonymous clients, distinguished by their addresses. */
const by = (address: string) => ({ caller: {}, address });

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describeOnEveryDatabase('download counts', (newDatabase) => {
  let store: LocalStore;
  let repository: LocalRepo;
  let counts: DownloadCounts;
  let now: number;

  const newCounts = (): DownloadCounts =>
    new DownloadCounts(new DownloadStore(store.database), new DownloadEvents(CONFIG), () => new Date(now), CONFIG);

  beforeAll(async () => {
    store = await LocalStore.open(await newDatabase());
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    now = Date.parse('2026-03-01T12:00:00Z');
    counts = newCounts();
    repository = await store.repository();
  });

  const storedCounts = async (): Promise<[number, number]> => {
    const { downloads, downloadsAllTime } = (await store.find(repository.repo))!;
    return [downloads, downloadsAllTime];
  };
  const download = async (user = 'alice'): Promise<void> => {
    counts.record({ repositoryId: repository.id }, by(user));
    await counts.flush();
  };

  it('count all files of one caller within five minutes once', async () => {
    for (let file = 0; file < 100; file++) counts.record({ repositoryId: repository.id }, by('alice'));
    counts.record({ repositoryId: repository.id }, by('bob'));
    expect(await storedCounts()).toEqual([0, 0]);
    await counts.flush();
    expect(await storedCounts()).toEqual([2, 2]);
    now += 4 * MINUTE;
    await download();
    expect(await storedCounts()).toEqual([2, 2]);
    now += MINUTE;
    await download();
    expect(await storedCounts()).toEqual([3, 3]);
  });

  it('exclude downloads older than 30 days, except from the total', async () => {
    await download();
    now += 29 * DAY;
    await download();
    expect(await storedCounts()).toEqual([2, 2]);
    now += DAY;
    await counts.flush();
    expect(await storedCounts()).toEqual([1, 2]);
    now += 30 * DAY;
    await counts.flush();
    expect(await storedCounts()).toEqual([0, 2]);
  });

  it('lose no downloads if the database fails or another repository is deleted', async () => {
    const deleted = await store.repository();
    counts.record({ repositoryId: repository.id }, by('alice'));
    counts.record({ repositoryId: deleted.id }, by('alice'));
    await store.database.query('DELETE FROM repositories WHERE id = $1', [deleted.id]);
    await store.database.query('ALTER TABLE download_days RENAME TO renamed');
    await counts.flush();
    await store.database.query('ALTER TABLE renamed RENAME TO download_days');
    expect(await storedCounts()).toEqual([0, 0]);
    counts.record({ repositoryId: repository.id }, by('bob'));
    await counts.flush();
    expect(await storedCounts()).toEqual([2, 2]);
  });

  it('survive a restart of the hub', async () => {
    const database = await newDatabase();
    const before = await LocalStore.open(database);
    const { id, repo } = await before.repository();
    before.downloads.record({ repositoryId: id }, by('alice'));
    await before.close();
    const after = await LocalStore.open(database);
    expect(await after.find(repo)).toMatchObject({ downloads: 1, downloadsAllTime: 1 });
    await after.close();
  });

  it('include concurrent updates of several replicas', async () => {
    const other = newCounts();
    other.record({ repositoryId: repository.id }, by('alice'));
    counts.record({ repositoryId: repository.id }, by('bob'));
    await Promise.all([counts.flush(), other.flush(), counts.flush()]);
    expect(await storedCounts()).toEqual([2, 2]);
  });
});
