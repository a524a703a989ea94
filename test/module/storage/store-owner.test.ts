import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { DataSource } from 'typeorm';
import { StorageClaim } from '../../../src/platform/storage/storage-claim.js';
import { StoreOwner } from '../../../src/platform/storage/store-owner.js';
import { copyPreparedDatabase } from '../../support/prepared-database.js';
import { describeOnEveryStorage, type Storage } from '../../support/storages.js';
import { closeDatabases, openDatabase } from '../../support/test-database.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describeOnEveryStorage('the owner of a storage', (newStorage) => {
  const newDatabase = async (): Promise<DataSource> =>
    openDatabase(async () => {
      const dataDir = await temporaryFolder();
      await copyPreparedDatabase(dataDir);
      return { databaseUrl: undefined, dataDir };
    });
  const ownerOf = (storage: Storage, database: DataSource): StoreOwner =>
    new StoreOwner(storage.mark(), database, storage.blobs());
  const store = async (storage: Storage, text: string, database?: DataSource): Promise<void> => {
    await storage.blobs().put(Readable.from([Buffer.from(text)]));
    const sha256 = createHash('sha256').update(text).digest('hex');
    await database?.query('INSERT INTO contents (sha256, touched_at) VALUES ($1, now()) ON CONFLICT DO NOTHING', [
      sha256,
    ]);
  };
  let [first, second]: DataSource[] = [];
  beforeAll(async () => {
    [first, second] = [await newDatabase(), await newDatabase()];
  });
  afterEach(async () => {
    for (const database of [first!, second!]) await database.query('DELETE FROM contents');
    for (const database of [first!, second!]) await database.query('DELETE FROM hub_settings');
  });
  afterAll(closeDatabases);

  it('is the first hub that claims an empty one; its replicas own it as well', async () => {
    const storage = await newStorage();
    const replicas = await Promise.all([1, 2, 3].map(() => ownerOf(storage, first!).claim()));
    expect(replicas).toEqual(['own', 'own', 'own']);
    expect(await ownerOf(storage, second!).check()).toBe('foreign');
    await expect(ownerOf(storage, second!).claim()).rejects.toThrow(/Another hub uses .*claim-storage/);
    expect(await ownerOf(storage, first!).check()).toBe('own');
  });

  it('is exactly one of two hubs that claim it at the same time', async () => {
    const storage = await newStorage();
    const results = await Promise.allSettled([first!, second!].map((database) => ownerOf(storage, database).claim()));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is the hub whose files it has, if it was used before there were marks', async () => {
    const storage = await newStorage();
    await store(storage, 'of first', first);
    await expect(ownerOf(storage, second!).claim()).rejects.toThrow('but no owner mark');
    expect(await ownerOf(storage, first!).claim()).toBe('own');
  });

  it('is unknown if the mark of a marked storage is missing, or if all files are', async () => {
    const storage = await newStorage();
    await ownerOf(storage, first!).claim();
    await store(storage, 'of first', first);
    const unmarked = await newStorage();
    await store(unmarked, 'of first');
    await expect(ownerOf(unmarked, first!).claim()).rejects.toThrow('but no owner mark');
    await expect(ownerOf(await newStorage(), first!).claim()).rejects.toThrow('There are no files');
  });

  it('is another hub after it has taken the storage, also if the mark is damaged', async () => {
    const storage = await newStorage();
    await ownerOf(storage, first!).claim();
    await ownerOf(storage, second!).take();
    expect([await ownerOf(storage, first!).check(), await ownerOf(storage, second!).claim()]).toEqual([
      'foreign',
      'own',
    ]);
    await storage.mark().replace('{');
    expect(await ownerOf(storage, second!).check()).toBe('foreign');
  });

  it('deletes nothing while another hub, or another copy of its database, may use the storage', async () => {
    const storage = await newStorage();
    const owner = ownerOf(storage, first!);
    const claim = await StorageClaim.atStart(owner);
    await expect(claim.requireOwnership()).resolves.toBeUndefined();
    const mark = JSON.parse((await storage.mark().read())!) as object;
    await storage.mark().replace(JSON.stringify({ ...mark, database: 'another server/1' }));
    await expect(claim.requireOwnership()).rejects.toMatchObject({ code: 'Conflict' });
    expect(claim.findProblem()).toContain('written by another copy of this hub');
    await owner.take();
    await expect(claim.requireOwnership()).resolves.toBeUndefined();
    expect(claim.findProblem()).toBeUndefined();
    await ownerOf(storage, second!).take();
    await expect(claim.requireOwnership()).rejects.toThrow('Another hub uses');
  });
});
