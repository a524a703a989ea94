import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { BlobStore } from '../../../src/platform/storage/blob-store.js';
import { FsBlobStore } from '../../../src/platform/storage/fs-blob-store.js';
import type { StorageClaim } from '../../../src/platform/storage/storage-claim.js';
import { FsPartStore } from '../../../src/platform/storage/fs-part-store.js';
import { CollectorService } from '../../../src/repos/gc/collector.service.js';
import {
  CONTENT_REFERENCE_TABLES,
  UnreferencedContentStore,
} from '../../../src/repos/gc/unreferenced-content.store.js';
import { HistoryPruner } from '../../../src/repos/gc/history-pruner.service.js';
import { HistoryStore } from '../../../src/repos/gc/history.store.js';
import type { LocalRepo } from '../../../src/repos/store/local-repo.js';
import { LocalStore } from '../../support/local-store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';

const DAY_MS = 86_400_000;
const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
const randomContent = (): string => randomBytes(200).toString('hex');

/** The storage belongs to the hub. */
const OWNED = { requireOwnership: () => Promise.resolve() } as StorageClaim;

describeOnEveryDatabase('garbage collection', (newDatabase) => {
  let store: LocalStore;
  let blobs: FsBlobStore;
  let parts: FsPartStore;
  let dataDir: string;
  let contents: UnreferencedContentStore;
  let history: HistoryPruner;
  let clock: () => Date;

  const inDays = (days: number) => () => new Date(Date.now() + days * DAY_MS);
  const collector = (): CollectorService =>
    new CollectorService({ contents: contents, history }, blobs, parts, clock, OWNED);
  const collect = () => collector().collect();
  const has = (content: string): Promise<boolean> => blobs.has(sha256(content));
  const drop = ({ id }: LocalRepo) => store.database.query('DELETE FROM repositories WHERE id = $1', [id]);
  const upload = (to: LocalRepo, content: string) =>
    store.repositories.putLfsObject(to, Readable.from([Buffer.from(content)]));
  const commitLarge = (to: LocalRepo, content: string) =>
    store.commit(to, {}, { operations: [{ kind: 'lfsFile', path: 'large.bin', sha256: sha256(content) }] });
  const uploaded = async ({ id }: LocalRepo): Promise<string[]> => {
    const rows = await store.database.query<{ sha256: string }[]>(
      'SELECT sha256 FROM lfs_objects WHERE repository_id = $1',
      [id],
    );
    return rows.map((row) => row.sha256);
  };

  beforeAll(async () => {
    const config = await newDatabase();
    ({ dataDir } = config);
    store = await LocalStore.open(config);
    [blobs, parts] = [new FsBlobStore(join(config.dataDir, 'blobs')), new FsPartStore(join(config.dataDir, 'parts'))];
    contents = new UnreferencedContentStore(store.database);
    history = new HistoryPruner(new HistoryStore(store.database));
  });
  afterAll(() => store.close());
  beforeEach(() => {
    clock = inDays(2);
  });

  it('considers all tables that reference content', async () => {
    const rows = await store.database.query<{ table_name: string }[]>(
      `SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema()
       AND column_name = 'sha256' AND table_name NOT IN ('contents', 'avatars', 'namespace_contents')`,
    );
    expect(rows.map(({ table_name }) => table_name).sort()).toEqual([...CONTENT_REFERENCE_TABLES].sort());
  });

  it('deletes content of a deleted repository a day after its last use, and reports the bytes', async () => {
    await collect();
    const [alone, shared] = [randomContent(), randomContent()];
    const [deleted, kept] = [await store.repository(), await store.repository()];
    await store.commit(deleted, { alone, shared });
    await store.commit(kept, { shared });
    await drop(deleted);
    clock = inDays(0.9);
    expect(await collect()).toEqual({ deleted: 0, freedBytes: 0, isComplete: true });
    clock = inDays(1.1);
    expect(await collect()).toEqual({ deleted: 1, freedBytes: alone.length, isComplete: true });
    expect([await has(alone), await has(shared)]).toEqual([false, true]);
    expect(await text((await store.repositories.file(kept, 'main', ['shared'], false)).open())).toBe(shared);
  });

  it('keeps all versions of files in existing repositories', async () => {
    const repository = await store.repository();
    const versions = [randomContent(), randomContent()];
    const oids = [];
    for (const version of versions) oids.push(await store.commit(repository, { file: version }));
    clock = inDays(400);
    await collect();
    for (const [at, oid] of oids.entries())
      expect(await text((await store.repositories.file(repository, oid, ['file'], false)).open())).toBe(versions[at]);
  });

  it('stores content again that was deleted before', async () => {
    const content = randomContent();
    const first = await store.repository();
    await store.commit(first, { content });
    await drop(first);
    await collect();
    const second = await store.repository();
    await store.commit(second, { content });
    expect(await has(content)).toBe(true);
  });

  it('keeps an uploaded large file without a commit for a week', async () => {
    const [never, committed] = [randomContent(), randomContent()];
    const repository = await store.repository();
    for (const content of [never, committed]) await upload(repository, content);
    await commitLarge(repository, committed);
    clock = inDays(6.9);
    await collect();
    expect(await has(never)).toBe(true);
    clock = inDays(7.1);
    await collect();
    expect([await has(never), await has(committed)]).toEqual([false, true]);
    expect(await uploaded(repository)).toEqual([sha256(committed)]);
    await expect(commitLarge(repository, never)).rejects.toMatchObject({ code: 'BadRequest' });
  });

  it('deletes the record of an uncommitted upload, even if another repository has the content', async () => {
    const content = randomContent();
    const [idle, busy] = [await store.repository(), await store.repository()];
    for (const repository of [idle, busy]) await upload(repository, content);
    await commitLarge(busy, content);
    clock = inDays(8);
    await collect();
    expect([await uploaded(idle), await uploaded(busy)]).toEqual([[], [sha256(content)]]);
    expect(await has(content)).toBe(true);
  });

  it('keeps content of xorbs', async () => {
    const content = randomContent();
    await blobs.put(Readable.from([Buffer.from(content)]));
    await contents.adopt([sha256(content)]);
    await store.database.query(
      `INSERT INTO xet_xorbs (hash, account_id, sha256, chunks, renewed_at)
       SELECT $1, id, $1, '', now() FROM accounts WHERE name = 'alice'`,
      [sha256(content)],
    );
    await collect();
    expect(await has(content)).toBe(true);
  });

  it('records unknown files and deletes them a day later if nothing references them', async () => {
    const [stray, named] = [randomContent(), randomContent()];
    await store.commit(await store.repository(), { named });
    await store.database.query('DELETE FROM contents WHERE sha256 = $1', [sha256(named)]);
    await blobs.put(Readable.from([Buffer.from(stray)]));
    clock = inDays(0);
    await collect();
    expect(await has(stray)).toBe(true);
    clock = inDays(1.1);
    await collect();
    expect([await has(stray), await has(named)]).toEqual([false, true]);
  });

  it('recovers from a crash between the deletion of file and row', async () => {
    const content = randomContent();
    const crash = contents.adopt([sha256(content)]).then(() =>
      contents.remove(sha256(content), inDays(1)(), async () => {
        await blobs.delete(sha256(content));
        throw new Error('killed');
      }),
    );
    await expect(crash).rejects.toThrow('killed');
    await store.commit(await store.repository(), { content });
    expect(await has(content)).toBe(true);
    await collect();
    expect(await has(content)).toBe(true);
  });

  it('continues if one file cannot be deleted', async () => {
    const [stuck, other] = [randomContent(), randomContent()];
    const repository = await store.repository();
    await store.commit(repository, { stuck, other });
    await drop(repository);
    const failing = Object.assign(Object.create(blobs) as FsBlobStore, {
      delete: (digest: string) =>
        digest === sha256(stuck) ? Promise.reject(new Error('stuck')) : blobs.delete(digest),
    });
    await new CollectorService({ contents: contents, history }, failing, parts, clock, OWNED).collect();
    expect([await has(stuck), await has(other)]).toEqual([true, false]);
    await collect();
    expect(await has(stuck)).toBe(false);
  });

  it('keeps content that is used after it was found unreferenced', async () => {
    const content = randomContent();
    await blobs.put(Readable.from([Buffer.from(content)]));
    const foundAt = new Date();
    await contents.adopt([sha256(content)]);
    expect(await contents.remove(sha256(content), foundAt, () => blobs.delete(sha256(content)))).toBe(false);
    expect(await has(content)).toBe(true);
  });

  it('can run concurrently', async () => {
    await collect();
    const contents = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`f${at}`, randomContent()]));
    const repository = await store.repository();
    await store.commit(repository, contents);
    await drop(repository);
    const results = await Promise.all([collect(), collect(), collect()]);
    // A collection that has listed the store may add the row of a file that another one deletes at this moment, and delete this row again.
    expect(results.reduce((sum, { deleted }) => sum + deleted, 0)).toBeGreaterThanOrEqual(20);
    expect(await Promise.all(Object.values(contents).map(has))).not.toContain(true);
  });

  it('deletes partial uploads of crashed processes after an hour without a write', async () => {
    const folder = join(dataDir, 'blobs', 'incoming');
    await writeFile(join(folder, 'left-behind'), 'partial');
    clock = () => new Date(Date.now() + 0.9 * 3_600_000);
    await collect();
    expect(await readdir(folder)).toContain('left-behind');
    clock = () => new Date(Date.now() + 1.1 * 3_600_000);
    await collect();
    expect(await readdir(folder)).not.toContain('left-behind');
  });

  it('deletes parts of multipart uploads after a day without activity', async () => {
    const name = '01234567-89ab-cdef-0123-456789abcdef';
    const etag = await parts.put(name, 1, Readable.from([Buffer.from('part')]), { size: 4 });
    clock = inDays(0.9);
    await collect();
    expect(await parts.has(name, { partNumber: 1, etag })).toBe(true);
    clock = inDays(1.1);
    await collect();
    expect(await parts.has(name, { partNumber: 1, etag })).toBe(false);
  });

  /** The grace period ends at the start of the oldest commit in progress, the shortest that is safe. */
  it('never deletes content that a concurrent commit uses', async () => {
    const pool = Array.from({ length: 3 }, randomContent);
    const atWork = new Set<{ since: number }>();
    clock = () => new Date(Math.min(Date.now(), ...[...atWork].map(({ since }) => since)) + DAY_MS);
    const lost: string[] = [];
    let working = 4;
    const work = async (worker: number): Promise<void> => {
      for (let round = 0; round < 12; round += 1) {
        const job = { since: Date.now() };
        const content = pool[(worker + round) % pool.length]!;
        const repository = await store.repository();
        atWork.add(job);
        if (round % 2 === 0) await store.commit(repository, { content });
        else {
          const send = () => upload(repository, content);
          await send().catch(send).catch(send); // deleted during the upload, so it is sent again
          await commitLarge(repository, content);
        }
        atWork.delete(job);
        const path = round % 2 === 0 ? 'content' : 'large.bin';
        const { open } = await store.repositories.file(repository, 'main', [path], false);
        if ((await text(open()).catch(() => '')) !== content) lost.push(`${worker}.${round}`);
        await drop(repository);
      }
      working -= 1;
    };
    let collected = 0;
    const clean = async (): Promise<void> => {
      // Files that are being written are not leftovers, but this clock is a day ahead.
      const stores = [Object.create(blobs, { sweep: { value: () => Promise.resolve() } }) as BlobStore, parts] as const;
      const [first, second] = [0, 1].map(
        () => new CollectorService({ contents, history }, ...stores, clock, OWNED),
      ) as [CollectorService, CollectorService];
      while (working > 0) for (const instance of [first, second]) collected += (await instance.collect([])).deleted;
    };
    await Promise.all([...[0, 1, 2, 3].map(work), clean()]);
    expect(lost).toEqual([]);
    expect(collected).toBeGreaterThan(3);
  });
});
