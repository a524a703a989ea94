import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { Components } from '../observability/components.service.js';
import { HubMetrics } from '../observability/hub-metrics.js';
import { BLOB_STORE } from './blob-store.js';
import { BLOCK_STORE } from './block-store.js';
import { DIRECT_TRANSFER } from './direct-transfer.js';
import { DiskFloor } from './disk-floor.js';
import { MeasuredBlobStore } from './measured-blob-store.js';
import { PART_STORE } from './part-store.js';
import { SpoolDirectory } from './spool.js';
import { StorageHealth } from './storage-health.js';
import { StorageClaim } from './storage-claim.js';
import { StoreOwner } from './store-owner.js';
import { openStores, type Stores } from './stores.js';

const STORES = Symbol('Stores');
const DISK_WATCH = Symbol('DiskWatch');

/** A disk that cannot be measured does not limit uploads: if it does not respond, `StorageHealth` reports it. */
async function freeSpaceOf(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** The limit for the disk of the data directory. In a bucket, the hub neither knows nor limits the free space. */
function diskFloor(config: HubConfig, clock: MonotonicClock, metrics: HubMetrics): DiskFloor {
  const { s3, dataDir, limits } = config;
  if (s3) return new DiskFloor(0, () => Promise.resolve(Infinity), clock);
  const floor = new DiskFloor(limits.minFreeDisk, () => freeSpaceOf(dataDir), clock);
  metrics.gauge(
    { name: 'hubfall_storage_free_bytes', help: 'Free space on the disk of the data directory', labels: [] },
    async () => [{ labels: {}, value: await floor.free() }],
  );
  return floor;
}

function storageHealth(
  { blobs }: Stores,
  { s3 }: HubConfig,
  components: Components,
  clock: MonotonicClock,
): StorageHealth {
  const health = new StorageHealth(blobs, clock);
  // other replicas share the bucket, but not the directory
  components.add({ name: 'storage', isEssential: !s3, findProblem: () => health.findProblem() });
  return health;
}

/** Reports the free space of the data directory. A replica with a full disk can still read. */
function watchDisk(health: StorageHealth, floor: DiskFloor, { s3 }: HubConfig, components: Components): void {
  if (s3) return;
  const findProblem = async (): Promise<string | undefined> =>
    (await health.findFullDisk()) ?? (await floor.findProblem());
  components.add({ name: 'disk', isEssential: false, findProblem });
}

/** The AWS SDK is large, so it is only loaded if S3 is used. */
async function openTestedStores(config: HubConfig, floor: DiskFloor): Promise<Stores> {
  if (config.s3) await (await import('./s3-startup-test.js')).testBucket(config.s3, config.startup.optionalMs);
  return openStores(config, floor);
}

/** Claims the stores before anything is deleted from them. */
async function claimStores(stores: Stores, owner: StoreOwner, components: Components): Promise<StorageClaim> {
  const claim = await StorageClaim.atStart(owner);
  components.add({ name: 'storage-owner', isEssential: false, findProblem: () => claim.findProblem() });
  if (claim.findProblem() === undefined) await stores.sweepLeftovers();
  return claim;
}

/** Storage of file contents. */
@Module({
  providers: [
    { provide: DiskFloor, inject: [HUB_CONFIG, MONOTONIC_CLOCK, HubMetrics], useFactory: diskFloor },
    // the data source is injected, because opening the embedded database locks the data directory
    {
      provide: STORES,
      inject: [HUB_CONFIG, DiskFloor, DataSource],
      useFactory: openTestedStores,
    },
    {
      provide: StoreOwner,
      inject: [STORES, DataSource],
      useFactory: ({ mark, blobs }: Stores, database: DataSource) => new StoreOwner(mark, database, blobs),
    },
    { provide: StorageClaim, inject: [STORES, StoreOwner, Components], useFactory: claimStores },
    {
      provide: BLOB_STORE,
      inject: [STORES, HubMetrics],
      useFactory: ({ blobs }: Stores, metrics: HubMetrics) => new MeasuredBlobStore(blobs, metrics),
    },
    { provide: BLOCK_STORE, inject: [STORES], useFactory: ({ blocks }: Stores) => blocks },
    { provide: PART_STORE, inject: [STORES], useFactory: ({ parts }: Stores) => parts },
    { provide: DIRECT_TRANSFER, inject: [STORES], useFactory: ({ direct }: Stores) => direct },
    {
      provide: StorageHealth,
      inject: [STORES, HUB_CONFIG, Components, MONOTONIC_CLOCK],
      useFactory: storageHealth,
    },
    { provide: DISK_WATCH, inject: [StorageHealth, DiskFloor, HUB_CONFIG, Components], useFactory: watchDisk },
    {
      provide: SpoolDirectory,
      inject: [HUB_CONFIG],
      useFactory: (config: HubConfig) => new SpoolDirectory(join(config.dataDir, 'blobs', 'incoming')),
    },
  ],
  exports: [
    BLOB_STORE,
    BLOCK_STORE,
    PART_STORE,
    DIRECT_TRANSFER,
    DiskFloor,
    StorageClaim,
    StorageHealth,
    StoreOwner,
    SpoolDirectory,
  ],
})
export class StorageModule {}
