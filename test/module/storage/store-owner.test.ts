import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { S3BlobStore } from '../../../src/platform/storage/s3-blob-store.js';
import { S3Bucket } from '../../../src/platform/storage/s3-bucket.js';
import { S3OwnerMark } from '../../../src/platform/storage/s3-owner-mark.js';
import { StorageClaim } from '../../../src/platform/storage/storage-claim.js';
import { StoreOwner } from '../../../src/platform/storage/store-owner.js';
import { copyPreparedDatabase } from '../../support/prepared-database.js';
import { S3FaultProxy } from '../../support/s3-fault-proxy.js';
import { describeOnEveryStorage, describeOnS3, type Storage } from '../../support/storages.js';
import { closeDatabases, openDatabase } from '../../support/test-database.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const newDatabase = (): Promise<DataSource> =>
  openDatabase(async () => {
    const dataDir = await temporaryFolder();
    await copyPreparedDatabase(dataDir);
    return { databaseUrl: undefined, dataDir };
  });

describeOnEveryStorage('the owner of a storage', (newStorage) => {
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

  it('is the same hub if the rights to the identity of the database server are revoked or granted later', async () => {
    const storage = await newStorage();
    const owner = ownerOf(storage, first!);
    await owner.claim();
    await withoutControlData(first!, async () => {
      expect(await owner.claim()).toBe('own');
      await owner.take();
      expect(JSON.parse((await storage.mark().read())!)).toMatchObject({
        database: expect.stringMatching(/^unknown\//) as string,
      });
      await copyTable(first!);
      expect(await owner.claim()).toBe('copied');
      await owner.take();
    });
    expect(await owner.claim()).toBe('own');
    await copyTable(first!);
    expect(await owner.claim()).toBe('copied');
  });
});

/** Works as a role that may not read the identity of the server, as with some providers. */
async function withoutControlData(database: DataSource, work: () => Promise<void>): Promise<void> {
  await database.query('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
  await database.query('CREATE ROLE limited');
  await database.query('GRANT ALL ON ALL TABLES IN SCHEMA public TO limited');
  await database.query('GRANT limited TO current_user');
  await database.query('SET ROLE limited');
  try {
    await work();
  } finally {
    await database.query('RESET ROLE');
  }
}

/** Replaces a table by its copy, as a restored dump would have it. */
async function copyTable(database: DataSource): Promise<void> {
  await database.query('RESET ROLE');
  await database.query('ALTER TABLE hub_settings RENAME TO original');
  await database.query('CREATE TABLE hub_settings (LIKE original INCLUDING ALL)');
  await database.query('INSERT INTO hub_settings SELECT * FROM original');
  await database.query('DROP TABLE original');
}

describeOnS3('the owner of a bucket', (server) => {
  let [first, second]: DataSource[] = [];
  let proxy: S3FaultProxy;
  beforeAll(async () => {
    [first, second] = [await newDatabase(), await newDatabase()];
    proxy = await S3FaultProxy.start(server().config(''));
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    await proxy.close();
    await closeDatabases();
  });

  /** The owner of a bucket behind a proxy that treats conditional writes differently. */
  const newBucket = async (): Promise<(database: DataSource) => StoreOwner> => {
    const config = { ...(await server().newBucket()), endpoint: proxy.endpoint };
    return (database) => {
      const bucket = new S3Bucket(config);
      return new StoreOwner(new S3OwnerMark(bucket), database, new S3BlobStore(bucket));
    };
  };
  const isConditional = ({ headers }: IncomingMessage): boolean => headers['if-none-match'] !== undefined;
  const ignoreCondition = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, Bucket, ...path] = new URL(incoming.url!, 'http://proxy').pathname.split('/');
    const Body = await buffer(incoming);
    await server()
      .client()
      .send(new PutObjectCommand({ Bucket, Key: path.join('/'), Body }));
    response.writeHead(200, { 'x-amz-request-id': 'of-the-test' }).end();
  };

  it.each([
    ['400', 400 as const],
    ['405', 405 as const],
    ['501', 501 as const],
    [
      'success, but ignores the condition',
      (...exchange: Parameters<typeof ignoreCondition>) => void ignoreCondition(...exchange),
    ],
  ])('is found without conditional writes: the server responds with %s', async (_, fate) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const ownerOf = await newBucket();
    proxy.fate = (incoming) => (isConditional(incoming) ? fate : 'forward');
    expect(await Promise.all([1, 2].map(() => ownerOf(first!).claim()))).toEqual(['own', 'own']);
    expect(warn.mock.calls.flat().join()).toContain('does not support conditional writes');
    await expect(ownerOf(second!).claim()).rejects.toThrow('Another hub uses');
    expect(await ownerOf(first!).claim()).toBe('own');
  });

  it('is at most one hub if two claim it at the same time without conditional writes', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const ownerOf = await newBucket();
    proxy.fate = (incoming) => (isConditional(incoming) ? 501 : 'forward');
    await Promise.allSettled([first!, second!].map((database) => ownerOf(database).claim()));
    const later = await Promise.all([first!, second!].map((database) => ownerOf(database).check()));
    expect(later.sort()).toEqual(['foreign', 'own']);
  });

  it('does not warn about a server with conditional writes', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const ownerOf = await newBucket();
    proxy.recover();
    expect(await ownerOf(first!).claim()).toBe('own');
    expect(warn).not.toHaveBeenCalled();
  });
});
