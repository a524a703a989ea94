import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { BLOB_STORE } from './blob-store.js';
import { FsBlobStore } from './fs-blob-store.js';
import { FsPartStore } from './fs-part-store.js';
import { PART_STORE } from './part-store.js';
import { SpoolFolder } from './spool.js';

const ONE_DAY_MS = 86_400_000;

const aDayAgo = (): Date => new Date(Date.now() - ONE_DAY_MS);

/** Where the bytes of local repositories lie. */
@Module({
  providers: [
    {
      provide: BLOB_STORE,
      inject: [HUB_CONFIG],
      useFactory: async (config: HubConfig) => {
        const store = new FsBlobStore(join(config.dataDir, 'blobs'));
        await store.sweep(aDayAgo());
        return store;
      },
    },
    {
      provide: PART_STORE,
      inject: [HUB_CONFIG],
      useFactory: async (config: HubConfig) => {
        const store = new FsPartStore(join(config.dataDir, 'parts'));
        await store.sweep(aDayAgo());
        return store;
      },
    },
    {
      provide: SpoolFolder,
      inject: [HUB_CONFIG],
      useFactory: (config: HubConfig) => new SpoolFolder(join(config.dataDir, 'blobs', 'incoming')),
    },
  ],
  exports: [BLOB_STORE, PART_STORE, SpoolFolder],
})
export class StorageModule {}
