import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { Components } from '../observability/components.service.js';
import { HubMetrics } from '../observability/hub-metrics.js';
import { BLOB_STORE } from './blob-store.js';
import { DIRECT_TRANSFER } from './direct-transfer.js';
import { MeasuredBlobStore } from './measured-blob-store.js';
import { PART_STORE } from './part-store.js';
import { SpoolDirectory } from './spool.js';
import { StorageHealth } from './storage-health.js';
import { openStores, type Stores } from './stores.js';

const STORES = Symbol('Stores');

/** Storage of file contents. */
@Module({
  providers: [
    // the data source is injected, because opening the embedded database locks the data directory
    { provide: STORES, inject: [HUB_CONFIG, DataSource], useFactory: openStores },
    {
      provide: BLOB_STORE,
      inject: [STORES, HubMetrics],
      useFactory: ({ blobs }: Stores, metrics: HubMetrics) => new MeasuredBlobStore(blobs, metrics),
    },
    { provide: PART_STORE, inject: [STORES], useFactory: ({ parts }: Stores) => parts },
    { provide: DIRECT_TRANSFER, inject: [STORES], useFactory: ({ direct }: Stores) => direct },
    {
      provide: StorageHealth,
      inject: [STORES, Components, MONOTONIC_CLOCK],
      useFactory: ({ blobs }: Stores, components: Components, clock: MonotonicClock) => {
        const health = new StorageHealth(blobs, clock);
        components.add({ name: 'storage', isEssential: true, findProblem: () => health.findProblem() });
        return health;
      },
    },
    {
      provide: SpoolDirectory,
      inject: [HUB_CONFIG],
      useFactory: (config: HubConfig) => new SpoolDirectory(join(config.dataDir, 'blobs', 'incoming')),
    },
  ],
  exports: [BLOB_STORE, PART_STORE, DIRECT_TRANSFER, StorageHealth, SpoolDirectory],
})
export class StorageModule {}
