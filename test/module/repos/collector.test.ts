import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { FsBlobStore } from '../../../src/platform/storage/fs-blob-store.js';
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
const fresh = (): string => randomBytes(200).toString('hex');

describeOnEveryDatabase('collecting', (newDatabase) => {
  let store: LocalStore;
  let blobs: FsBlobStore;
  let parts: FsPartStore;
  let catalogue: UnreferencedContentStore;
  let history: HistoryPruner;
  let clock: () => Date;

  const inDays = (days: number) => () => new Date(Date.now() + days * DAY_MS);
  const collector = (): CollectorService => new CollectorService({ contents: catalogue, history }, blobs, parts, clock);
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
    store = await LocalStore.open(config);
    [blobs, parts] = [new FsBlobStore(join(config.dataDir, 'blobs')), new FsPartStore(join(config.dataDir, 'parts'))];
    catalogue = new UnreferencedContentStore(store.database);
    history = new HistoryPruner(new HistoryStore(store.database));
  });
  afterAll(() => store.close());
  beforeEach(() => {
    clock = inDays(2);
  });

  it('knows every table that names content', async () => {
    const rows = await store.database.query<{ table_name: string }[]>(
      `SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema()
       AND column_name = 'sha256' AND table_name NOT IN ('contents', 'avatars')`,
    );
    expect(rows.map(({ table_name }) => table_name).sort()).toEqual([...CONTENT_REFERENCE_TABLES].sort());
  });

  it('takes what only a deleted repository had, a day after it was last touched, and tells its bytes', async () => {
    await collect();
    const [alone, shared] = [fresh(), fresh()];
    const [gone, stays] = [await store.repository(), await store.repository()];
    await store.commit(gone, { alone, shared });
    await store.commit(stays, { shared });
    await drop(gone);
    clock = inDays(0.9);
    expect(await collect()).toEqual({ collected: 0, bytes: 0 });
    clock = inDays(1.1);
    expect(await collect()).toEqual({ collected: 1, bytes: alone.length });
    expect([await has(alone), await has(shared)]).toEqual([false, true]);
    expect(await text((await store.repositories.file(stays, 'main', ['shared'], false)).open())).toBe(shared);
  });

  it('leaves every version of every file of living repositories', async () => {
    const repository = await store.repository();
    const versions = [fresh(), fresh()];
    const oids = [];
    for (const version of versions) oids.push(await store.commit(repository, { file: version }));
    clock = inDays(400);
    await collect();
    for (const [at, oid] of oids.entries())
      expect(await text((await store.repositories.file(repository, oid, ['file'], false)).open())).toBe(versions[at]);
  });

  it('stores anew what comes back after it was taken', async () => {
    const content = fresh();
    const first = await store.repository();
    await store.commit(first, { content });
    await drop(first);
    await collect();
    const second = await store.repository();
    await store.commit(second, { content });
    expect(await has(content)).toBe(true);
  });

  it('lets a large file wait a week for its commit, and no longer', async () => {
    const [never, committed] = [fresh(), fresh()];
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

  it('forgets an upload that no commit of its own repository names, though another repository has the content', async () => {
    const content = fresh();
    const [idle, busy] = [await store.repository(), await store.repository()];
    for (const repository of [idle, busy]) await upload(repository, content);
    await commitLarge(busy, content);
    clock = inDays(8);
    await collect();
    expect([await uploaded(idle), await uploaded(busy)]).toEqual([[], [sha256(content)]]);
    expect(await has(content)).toBe(true);
  });

  it('leaves what a xorb lies in', async () => {
    const content = fresh();
    await blobs.put(Readable.from([Buffer.from(content)]));
    await catalogue.adopt([sha256(content)]);
    await store.database.query(
      `INSERT INTO xet_xorbs (hash, account_id, sha256, chunks, renewed_at)
       SELECT $1, id, $1, '', now() FROM accounts WHERE name = 'alice'`,
      [sha256(content)],
    );
    await collect();
    expect(await has(content)).toBe(true);
  });

  it('finds bytes that the catalogue does not know, and takes them a day later where nothing names them', async () => {
    const [stray, named] = [fresh(), fresh()];
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

  it('survives a death between the bytes and the row: the next intake stores the bytes anew', async () => {
    const content = fresh();
    const death = catalogue.adopt([sha256(content)]).then(() =>
      catalogue.remove(sha256(content), inDays(1)(), async () => {
        await blobs.delete(sha256(content));
        throw new Error('killed');
      }),
    );
    await expect(death).rejects.toThrow('killed');
    await store.commit(await store.repository(), { content });
    expect(await has(content)).toBe(true);
    await collect();
    expect(await has(content)).toBe(true);
  });

  it('goes on when one content cannot be deleted', async () => {
    const [stuck, other] = [fresh(), fresh()];
    const repository = await store.repository();
    await store.commit(repository, { stuck, other });
    await drop(repository);
    const failing = Object.assign(Object.create(blobs) as FsBlobStore, {
      delete: (digest: string) =>
        digest === sha256(stuck) ? Promise.reject(new Error('stuck')) : blobs.delete(digest),
    });
    await new CollectorService({ contents: catalogue, history }, failing, parts, clock).collect();
    expect([await has(stuck), await has(other)]).toEqual([true, false]);
    await collect();
    expect(await has(stuck)).toBe(false);
  });

  it('leaves what is touched after it was found unused', async () => {
    const content = fresh();
    await blobs.put(Readable.from([Buffer.from(content)]));
    const found = new Date();
    await catalogue.adopt([sha256(content)]);
    expect(await catalogue.remove(sha256(content), found, () => blobs.delete(sha256(content)))).toBe(false);
    expect(await has(content)).toBe(true);
  });

  it('may be done by several at once', async () => {
    await collect();
    const contents = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`f${at}`, fresh()]));
    const repository = await store.repository();
    await store.commit(repository, contents);
    await drop(repository);
    const done = await Promise.all([collect(), collect(), collect()]);
    expect(done.reduce((sum, { collected }) => sum + collected, 0)).toBe(20);
  });

  it('forgets the parts of uploads that rest for a day', async () => {
    const name = '01234567-89ab-cdef-0123-456789abcdef';
    const etag = await parts.put(name, 1, Readable.from([Buffer.from('part')]), 4);
    clock = inDays(0.9);
    await collect();
    expect(await parts.has(name, { partNumber: 1, etag })).toBe(true);
    clock = inDays(1.1);
    await collect();
    expect(await parts.has(name, { partNumber: 1, etag })).toBe(false);
  });

  /** No grace but the one that the protocol asks for: nobody is about to rely on what was touched before `oldest` of those at work. */
  it('never takes what a commit relies on, however close they come', async () => {
    const pool = Array.from({ length: 3 }, fresh);
    const atWork = new Set<{ since: number }>();
    clock = () => new Date(Math.min(Date.now(), ...[...atWork].map(({ since }) => since)) + DAY_MS);
    const lost: string[] = [];
    let working = 4;
    const work = async (worker: number): Promise<void> => {
      for (let round = 0; round < 12; round += 1) {
        const me = { since: Date.now() };
        const content = pool[(worker + round) % pool.length]!;
        const repository = await store.repository();
        atWork.add(me);
        if (round % 2 === 0) await store.commit(repository, { content });
        else {
          await upload(repository, content).catch(() => upload(repository, content)); // taken while it came in: sent again
          await commitLarge(repository, content);
        }
        atWork.delete(me);
        const path = round % 2 === 0 ? 'content' : 'large.bin';
        const { open } = await store.repositories.file(repository, 'main', [path], false);
        if ((await text(open()).catch(() => '')) !== content) lost.push(`${worker}.${round}`);
        await drop(repository);
      }
      working -= 1;
    };
    let taken = 0;
    const clean = async (): Promise<void> => {
      const [here, other] = [collector(), collector()];
      while (working > 0) for (const one of [here, other]) taken += (await one.collect([])).collected;
    };
    await Promise.all([...[0, 1, 2, 3].map(work), clean()]);
    expect(lost).toEqual([]);
    expect(taken).toBeGreaterThan(3);
  });
});
