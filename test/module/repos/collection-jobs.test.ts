import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { HubMetrics } from '../../../src/platform/observability/hub-metrics.js';
import type { BlobStore } from '../../../src/platform/storage/blob-store.js';
import { FsBlobStore } from '../../../src/platform/storage/fs-blob-store.js';
import { FsPartStore } from '../../../src/platform/storage/fs-part-store.js';
import type { StorageClaim } from '../../../src/platform/storage/storage-claim.js';
import { CollectionJobs } from '../../../src/repos/gc/collection-jobs.service.js';
import { CollectionMetrics } from '../../../src/repos/gc/collection-metrics.service.js';
import { CollectionStore } from '../../../src/repos/gc/collection.store.js';
import { CollectorService } from '../../../src/repos/gc/collector.service.js';
import { HistoryPruner } from '../../../src/repos/gc/history-pruner.service.js';
import { HistoryStore } from '../../../src/repos/gc/history.store.js';
import { UnreferencedContentStore } from '../../../src/repos/gc/unreferenced-content.store.js';
import { SumStore } from '../../../src/repos/quota/sum.store.js';
import { auditLogOf } from '../../support/audit-log.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { LocalStore } from '../../support/local-store.js';

/** The storage belongs to the hub. */
const OWNED = { requireOwnership: () => Promise.resolve() } as StorageClaim;

/** A store that waits before each deletion until it is allowed. */
class GatedBlobStore extends FsBlobStore {
  private waiting: (() => void)[] = [];
  /** Called when a deletion begins to wait. */
  onDelete = (): void => this.release();

  /** The collector calls this before it deletes, and outside of its transaction. */
  override async size(sha256: string): Promise<number | undefined> {
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      this.onDelete();
    });
    return super.size(sha256);
  }

  release(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

describeOnEveryDatabase('collections', (newDatabase) => {
  let store: LocalStore;
  let blobs: GatedBlobStore;
  let dataDir: string;
  beforeAll(async () => {
    const config = await newDatabase();
    ({ dataDir } = config);
    store = await LocalStore.open(config);
    blobs = new GatedBlobStore(join(dataDir, 'blobs'));
    await store.repository(); // has the files that each repository has
  });
  afterAll(() => store.close());

  /** The jobs of another replica. */
  function replica(own: BlobStore = blobs): CollectionJobs {
    const index = {
      contents: new UnreferencedContentStore(store.database),
      history: new HistoryPruner(new HistoryStore(store.database)),
    };
    const inTwoDays = () => new Date(Date.now() + 2 * 86_400_000);
    const collector = new CollectorService(index, own, new FsPartStore(join(dataDir, 'parts')), inTwoDays, OWNED);
    const metrics = new CollectionMetrics(new HubMetrics());
    const databaseUrl = store.database.options.type === 'postgres' ? 'postgresql://server' : undefined;
    return new CollectionJobs(collector, new CollectionStore(store.database), metrics, auditLogOf(store.database), {
      databaseUrl,
    });
  }

  /** Starts a collection that waits for its first deletion. */
  async function startGated(jobs: CollectionJobs) {
    await addUnreferenced(2);
    const waits = new Promise<void>((resolve) => (blobs.onDelete = resolve));
    const started = await jobs.start('administrator');
    await waits;
    return started;
  }
  async function addUnreferenced(count: number): Promise<void> {
    const repository = await store.repository();
    for (let n = 0; n < count; n += 1)
      await store.repositories.putLfsObject(repository, Readable.from([Buffer.from(`${repository.id} ${n}`)]));
    await store.changes.remove(repository);
  }
  const bytesIn = async (): Promise<number> => (await new SumStore(store.database).totals()).contentBytes;

  it('run one at a time on all replicas, in the background, and keep their result', async () => {
    const [first, second, before] = [replica(), replica(), await bytesIn()];
    const started = await startGated(first);
    expect(started).toMatchObject({ state: 'running', trigger: 'administrator', finishedAt: null });
    expect((await second.start('administrator')).id).toBe(started.id);
    expect((await second.start('schedule')).id).toBe(started.id);
    blobs.onDelete = () => blobs.release();
    blobs.release();
    await first.settled();
    const ended = await second.get(started.id);
    expect(ended).toMatchObject({ state: 'succeeded', step: 'contents', deleted: 2, unreferenced: 0, error: null });
    expect(ended.freedBytes).toBe(6);
    expect(ended.examined).toBe(ended.total);
    expect(ended.finishedAt).not.toBeNull();
    expect(await bytesIn()).toBe(before);
    const next = await second.start('schedule');
    expect(next.id).toBeGreaterThan(started.id);
    await second.settled();
    expect((await first.list()).map(({ id, state }) => [id, state])).toEqual([
      [next.id, 'succeeded'],
      [started.id, 'succeeded'],
    ]);
  });

  it('end as interrupted when their replica is stopped; the next one continues', async () => {
    const stopped = replica();
    const started = await startGated(stopped);
    const shutdown = stopped.beforeApplicationShutdown();
    blobs.release();
    await shutdown;
    expect(await stopped.get(started.id)).toMatchObject({ state: 'interrupted', deleted: 1 });
    blobs.onDelete = () => blobs.release();
    const next = replica();
    const { id } = await next.start('schedule');
    await next.settled();
    expect(await next.get(id)).toMatchObject({ state: 'succeeded', deleted: 1 });
  });

  it('end once their killed replica has not reported for two minutes', async () => {
    const { id } = (
      await store.database.query<{ id: number }[]>(
        `INSERT INTO collections (state, trigger, step, reported_at) VALUES ('running', 'schedule', 'store', now() - interval '1 minute') RETURNING id`,
      )
    )[0]!;
    const other = replica();
    expect((await other.start('schedule')).id).toBe(id);
    await store.database.query(`UPDATE collections SET reported_at = now() - interval '3 minutes' WHERE id = $1`, [id]);
    const next = await other.start('schedule');
    await other.settled();
    expect([next.id > id, (await other.get(id)).state, (await other.get(next.id)).state]).toEqual([
      true,
      'interrupted',
      'succeeded',
    ]);
  });

  it('report the reason of a failure', async () => {
    const failing = Object.assign(new GatedBlobStore(join(dataDir, 'blobs')), {
      sweep: () => Promise.reject(new Error('The bucket does not respond')),
    });
    const jobs = replica(failing);
    const { id } = await jobs.start('administrator');
    await jobs.settled();
    expect(await jobs.get(id)).toMatchObject({ state: 'failed', error: 'The bucket does not respond' });
    await expect(jobs.get(id + 1)).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('look up the sizes of contents that writers have not noted', async () => {
    const repository = await store.repository();
    await store.commit(repository, { 'a.txt': 'twelve bytes' });
    const before = await bytesIn();
    await store.database.query('UPDATE contents SET size = NULL');
    expect(await bytesIn()).toBe(0);
    const jobs = replica();
    await jobs.start('administrator');
    await jobs.settled();
    expect(await bytesIn()).toBe(before);
  });
});
