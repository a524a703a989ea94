import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, open, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { HubConfig } from '../../../src/platform/config/hub-config.js';
import type { ByteRange } from '../../../src/platform/storage/blob-store.js';
import { FsBlobStore } from '../../../src/platform/storage/fs-blob-store.js';
import { FsBlockStore } from '../../../src/platform/storage/fs-block-store.js';
import type { StorageClaim } from '../../../src/platform/storage/storage-claim.js';
import type { BlockBudget } from '../../../src/repos/content-cache/block-budget.service.js';
import { CacheSpace } from '../../../src/repos/content-cache/cache-space.service.js';
import type { CachedFile } from '../../../src/repos/content-cache/cached-file.js';
import { ContentCache } from '../../../src/repos/content-cache/content-cache.service.js';
import { DigestThread } from '../../../src/repos/content-cache/digest-thread.service.js';
import { Fills } from '../../../src/repos/content-cache/fills.service.js';
import { HeldBytes } from '../../../src/repos/content-cache/held-bytes.service.js';
import { Followers } from '../../../src/repos/content-cache/followers.service.js';
import { HeldBlockStore } from '../../../src/repos/content-cache/held-blocks.store.js';
import { HeldFileStore } from '../../../src/repos/content-cache/held-files.store.js';
import { HeldNames } from '../../../src/repos/content-cache/held-names.service.js';
import { HeldContentStore } from '../../../src/repos/content-cache/held-content.store.js';
import { UnreferencedContentStore } from '../../../src/repos/gc/unreferenced-content.store.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { eventually } from '../../support/eventually.js';
import { openDatabase } from '../../support/test-database.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const MIB = 1024 * 1024;
const BLOCK = 8 * MIB;
const CONTENT = randomBytes(3 * BLOCK + 100);
const NAME = {
  repo: { type: 'model', namespace: 'org', name: 'model' },
  commit: 'a'.repeat(40),
  revision: 'main',
  path: ['f'],
} as const;
const WHOLE = { start: 0, end: CONTENT.length - 1 };

describeOnEveryDatabase('the content cache of several processes', (newDatabase) => {
  const digests = new DigestThread();
  let database: DataSource;
  let folder: string;
  let etag: string;
  let content: Buffer;

  /** A source whose requests stop after a number of bytes, until `release` is called. */
  class ScriptedSource {
    sent = 0;
    readonly ranges: ByteRange[] = [];
    stopsAfter = Infinity;
    isWrong = false;
    release = (): void => undefined;
    private readonly released = new Promise<void>((resolve) => (this.release = resolve));

    readonly file: CachedFile = {
      identity: { sourceKey: 'env:1', etag, size: content.length },
      name: NAME,
      fetch: (range, signal) => {
        this.ranges.push(range);
        return Promise.resolve({ bytes: this.send(range, signal), contentType: 'application/x-test' });
      },
    };

    private async *send({ start, end }: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
      for (let at = start; at <= end; at += 100_000) {
        if (at >= this.stopsAfter) await this.released;
        if (signal.aborted) return;
        const piece = Buffer.from(content.subarray(at, Math.min(at + 100_000, end + 1)));
        if (this.isWrong) piece[0]! ^= 1;
        this.sent += piece.length;
        yield piece;
      }
    }
  }

  /** The cache of a process. */
  function newProcess(limit = 1e9): { cache: ContentCache; held: HeldContentStore; space: CacheSpace } {
    const blobs = new FsBlobStore(join(folder, 'blobs'));
    const blocks = new FsBlockStore(join(folder, 'blobs', 'held'), blobs);
    const claim = {
      findProblem: () => undefined,
      requireOwnership: () => Promise.resolve(),
    } as unknown as StorageClaim;
    const bytes = new HeldBytes(blobs, blocks, new UnreferencedContentStore(database), claim);
    const held = new HeldContentStore(database);
    const stored = new HeldBlockStore(database);
    const space = new CacheSpace({ limits: { contentCache: limit } } as HubConfig, held, stored, bytes);
    const budget = { reserve: () => () => undefined } as unknown as BlockBudget;
    const fills = new Fills(stored, space, bytes, budget, digests);
    const names = new HeldNames(new HeldFileStore(database));
    const cache = new ContentCache(held, fills, space, bytes, new Followers(stored, fills, bytes), names, stored);
    return { cache, held, space };
  }

  const read = async (process: { cache: ContentCache }, source: ScriptedSource, range: ByteRange = WHOLE) => {
    const found = (await process.cache.find(source.file, range, new AbortController().signal))!;
    return { state: found.state, stream: await found.open() };
  };
  const isHit = async (process: { cache: ContentCache }, source: ScriptedSource): Promise<boolean> => {
    const { state, stream } = await read(process, source);
    stream.destroy();
    return state === 'hit';
  };
  const bytesOf = ({ stream }: { readonly stream: Readable }): Promise<Buffer> => buffer(stream);
  const isContent = (bytes: Buffer, { start, end }: ByteRange = WHOLE): boolean =>
    bytes.equals(content.subarray(start, end + 1));
  const query = <T>(sql: string): Promise<T[]> => database.query<T[]>(sql);
  const endLeases = () => query(`UPDATE held_contents SET lease_until = now() - interval '1 second'`);
  const storedBlocks = async (): Promise<number> =>
    (
      await database.query<{ count: number }[]>(
        'SELECT count(*)::int AS count FROM held_blocks WHERE content_id IN (SELECT id FROM held_contents WHERE etag = $1)',
        [etag],
      )
    )[0]!.count;
  const usage = async (): Promise<number[]> => {
    const [row] = await query<{ kept: number; sum: number }>(
      `SELECT u.bytes::int AS kept, (SELECT coalesce(sum(bytes), 0)::int FROM held_contents) AS sum FROM content_cache_usage u`,
    );
    return [row!.kept, row!.sum];
  };

  afterAll(() => digests.onApplicationShutdown());
  beforeAll(async () => {
    database = await openDatabase(newDatabase);
    folder = await temporaryFolder();
    await digests.begin(CONTENT.length, false).digests(); // starts the thread, whose sources are compiled in tests
  });
  beforeEach(() => {
    content = Buffer.from(CONTENT);
    content.writeUInt32LE(Math.floor(Math.random() * 2 ** 32)); // a new file, without the cost of new random bytes
    etag = createHash('sha256').update(content).digest('hex');
  });

  it('requests a file once for the readers of two processes', async () => {
    const [first, second] = [newProcess(), newProcess()];
    const source = new ScriptedSource();
    source.stopsAfter = 2 * BLOCK;
    const started = await read(first, source);
    const readers = [bytesOf(started), bytesOf(await read(second, source)), bytesOf(await read(first, source))];
    source.release();
    expect((await Promise.all(readers)).map((bytes) => isContent(bytes))).toEqual([true, true, true]);
    expect(source.sent).toBe(content.length);
    await eventually(() => isHit(second, source));
    expect(isContent(await bytesOf(await read(second, source)))).toBe(true);
    expect(source.ranges).toEqual([WHOLE]);
    expect(new Set(await usage()).size).toBe(1);
  });

  it('serves a copy that another process has verified, also after a wrong reply to this one', async () => {
    const [first, second] = [newProcess(), newProcess()];
    const wrong = new ScriptedSource();
    wrong.isWrong = true;
    await expect(read(first, wrong).then(bytesOf)).rejects.toThrow();
    const source = new ScriptedSource();
    await eventually(async () => (await query('SELECT FROM held_contents WHERE owner IS NOT NULL')).length === 0);
    expect(await first.cache.find(source.file, WHOLE, new AbortController().signal)).toBeUndefined();
    expect(isContent(await bytesOf(await read(second, source)))).toBe(true);
    await eventually(() => isHit(second, source));
    expect(await isHit(first, source)).toBe(true);
    expect(isContent(await bytesOf(await read(first, source)))).toBe(true);
    expect(source.ranges).toEqual([WHOLE]);
  });

  it('continues the fill of a process that has ended, from its last block', async () => {
    const [first, second] = [newProcess(), newProcess()];
    const dead = new ScriptedSource();
    dead.stopsAfter = 2 * BLOCK;
    const started = await read(first, dead);
    started.stream.resume().on('error', () => undefined);
    await eventually(async () => (await storedBlocks()) >= 2);
    const source = new ScriptedSource();
    const other = read(second, source).then(bytesOf);
    await endLeases();
    expect(isContent(await other)).toBe(true);
    expect(source.ranges).toEqual([{ start: 2 * BLOCK, end: WHOLE.end }]);
    dead.release();
  });

  it('requests a damaged block again', async () => {
    const first = newProcess();
    const dead = new ScriptedSource();
    dead.stopsAfter = 2 * BLOCK;
    (await read(first, dead)).stream.resume().on('error', () => undefined);
    await eventually(async () => (await storedBlocks()) >= 2);
    await endLeases();
    const [row] = await database.query<{ id: string }[]>('SELECT id FROM held_contents WHERE etag = $1', [etag]);
    const file = await open(join(folder, 'blobs', 'held', row!.id), 'r+');
    await file.write(Buffer.from('damaged'), 0, 7, BLOCK + 10);
    await file.close();
    const source = new ScriptedSource();
    expect(isContent(await bytesOf(await read(newProcess(), source)))).toBe(true);
    expect(source.ranges[0]).toEqual({ start: BLOCK, end: WHOLE.end });
    dead.release();
  });

  it('returns the same bytes as the source for any ranges at the same time', async () => {
    const processes = [newProcess(), newProcess()];
    const source = new ScriptedSource();
    const ranges = Array.from({ length: 20 }, () => {
      const [a, b] = [0, 0].map(() => Math.floor(Math.random() * content.length));
      return { start: Math.min(a!, b!), end: Math.max(a!, b!) };
    });
    const results = await Promise.all(
      ranges.map(async (range, n) => isContent(await bytesOf(await read(processes[n % 2]!, source, range)), range)),
    );
    expect(results).toEqual(ranges.map(() => true));
  });

  it('removes the bytes of evicted files, and files without bytes', async () => {
    const first = newProcess();
    const source = new ScriptedSource();
    await bytesOf(await read(first, source));
    await eventually(() => isHit(first, source));
    const blobs = new FsBlobStore(join(folder, 'blobs'));
    await blobs.delete(etag); // lost
    const refilled = await read(first, source);
    expect([refilled.state, isContent(await bytesOf(refilled))]).toEqual(['fill', true]);
    await eventually(() => isHit(first, source));
    const small = newProcess(1000);
    await eventually(() => small.space.shrink().then(async () => !(await blobs.has(etag))));
    expect(await usage()).toEqual([0, 0]);
  });

  it('serves a file whose process ended between the steps of publishing', async () => {
    const first = newProcess();
    await bytesOf(await read(first, new ScriptedSource()));
    await eventually(() => isHit(first, new ScriptedSource()));
    await database.query('UPDATE held_contents SET is_published = false WHERE etag = $1', [etag]);
    const source = new ScriptedSource();
    const next = await read(newProcess(), source);
    expect([next.state, isContent(await bytesOf(next)), source.ranges]).toEqual(['hit', true, []]);
  });

  it('leaves no bytes of blocks for which there is no space', async () => {
    const pinned = newProcess();
    await bytesOf(await read(pinned, new ScriptedSource()));
    await eventually(() => isHit(pinned, new ScriptedSource()));
    await query('UPDATE held_contents SET is_pinned = true');
    content = Buffer.from(content.reverse());
    etag = createHash('sha256').update(content).digest('hex');
    const [{ sum }] = (await query<{ sum: number }>('SELECT sum(bytes)::int AS sum FROM held_contents')) as [
      { sum: number },
    ];
    const full = newProcess(sum + BLOCK);
    expect(isContent(await bytesOf(await read(full, new ScriptedSource())))).toBe(true);
    const [row] = await database.query<{ id: string }[]>('SELECT id FROM held_contents WHERE etag = $1', [etag]);
    expect((await stat(join(folder, 'blobs', 'held', row!.id))).size).toBe(BLOCK);
    expect(await usage()).toEqual([sum + BLOCK, sum + BLOCK]);
    await query('UPDATE held_contents SET is_pinned = false');
  });

  it('delivers files while the disk is full', async () => {
    const { held, ...first } = newProcess();
    const source = new ScriptedSource();
    const { id } = await held.findOrAdd(source.file.identity);
    const before = await usage();
    await mkdir(join(folder, 'blobs', 'held'), { recursive: true });
    await symlink('/dev/full', join(folder, 'blobs', 'held', id)); // writing fails with ENOSPC
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    expect(isContent(await bytesOf(await read(first, source)))).toBe(true);
    expect([await storedBlocks(), await usage()]).toEqual([0, before]);
    const warnings = warn.mock.calls.filter(([message]) => String(message).startsWith('The disk is full.'));
    warn.mockRestore();
    expect(warnings).toHaveLength(1);
  });

  it('no longer counts the bytes of a process that ended before it stored them', async () => {
    const { held } = newProcess();
    const { id } = await held.findOrAdd(new ScriptedSource().file.identity);
    const stored = new HeldBlockStore(database);
    const claim = { id, owner: randomUUID() };
    await stored.claim(claim, BLOCK);
    expect(await stored.reserve(claim, BLOCK, 1e9)).toBe('reserved');
    await endLeases();
    await stored.claim({ id, owner: randomUUID() }, BLOCK);
    const [kept, sum] = await usage();
    expect(kept).toBe(sum);
    expect(await stored.add(claim, { index: 0, digest: etag })).toBe('lost');
  });

  it('keeps content that a file refers to while the collector waits for it', async () => {
    const { held } = newProcess();
    const { id } = await held.findOrAdd(new ScriptedSource().file.identity);
    await database.query(`INSERT INTO contents (sha256, touched_at, size) VALUES ($1, 'epoch', 1)`, [etag]);
    const contents = new UnreferencedContentStore(database);
    let removal: Promise<boolean> | undefined;
    await database.transaction(async (m) => {
      await m.query('UPDATE contents SET size = 2 WHERE sha256 = $1', [etag]);
      removal = contents.remove(etag, new Date(), () => Promise.reject(new Error('deleted')));
      await m.query('SELECT pg_sleep(0.2)'); // the collector waits for the row
      await m.query('UPDATE held_contents SET sha256 = $1 WHERE id = $2', [etag, id]);
    });
    expect(await removal).toBe(false);
  });

  it('gets only a few bytes from the source for readers that wait for another process', async () => {
    const [first, second] = [newProcess(), newProcess()];
    const slow = new ScriptedSource();
    slow.stopsAfter = BLOCK / 2;
    (await read(first, slow)).stream.resume().on('error', () => undefined);
    const source = new ScriptedSource();
    const readers = [1, 2, 3].map(() => read(second, source).then(bytesOf));
    await eventually(() => source.sent > 0);
    slow.release();
    expect((await Promise.all(readers)).map((bytes) => isContent(bytes))).toEqual([true, true, true]);
    expect(source.sent).toBeLessThan(MIB);
  });

  it('reads a file from its source while a dead connection has locked its row', async () => {
    const isServer = 'url' in database.options && database.options.url !== undefined;
    if (!isServer) return; // the embedded database has a single connection
    const source = new ScriptedSource();
    const { held, ...reader } = newProcess();
    const { id } = await held.findOrAdd(source.file.identity);
    await query(`UPDATE held_contents SET last_read_at = now() - interval '1 hour'`);
    await database.transaction(async (m) => {
      await m.query('SELECT FROM held_contents WHERE id = $1 FOR UPDATE', [id]);
      expect(isContent(await bytesOf(await read(reader, source)))).toBe(true);
    });
  });

  it('is filled by another process if one has no space', async () => {
    await newProcess(0).space.shrink();
    await query('UPDATE content_cache_usage SET bytes = bytes + 100000000'); // by files that cannot be removed
    const full = newProcess(100_000_000 + BLOCK);
    const first = new ScriptedSource();
    first.stopsAfter = 2.5 * BLOCK;
    (await read(full, first)).stream.resume().on('error', () => undefined);
    await eventually(() => first.sent > 2 * BLOCK);
    const other = newProcess();
    const source = new ScriptedSource();
    expect(isContent(await bytesOf(await read(other, source)))).toBe(true);
    first.release();
    await eventually(() => isHit(other, source));
    expect(source.ranges.at(-1)).toEqual({ start: BLOCK, end: WHOLE.end });
    await query('UPDATE content_cache_usage SET bytes = bytes - 100000000');
  });
});
