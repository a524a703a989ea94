import { Module } from '@nestjs/common';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { PART_STORE, type PartStore } from '../../platform/storage/part-store.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { CollectionScheduleService } from './collection-schedule.service.js';
import { CollectorService } from './collector.service.js';
import { UnreferencedContentStore } from './unreferenced-content.store.js';
import { HistoryPruner } from './history-pruner.service.js';
import { HistoryStore } from './history.store.js';
import { StorageUsageStore } from './storage-usage.store.js';

const collectorService = {
  provide: CollectorService,
  inject: [UnreferencedContentStore, HistoryPruner, BLOB_STORE, PART_STORE],
  useFactory: (contents: UnreferencedContentStore, history: HistoryPruner, blobs: BlobStore, parts: PartStore) =>
    new CollectorService({ contents, history }, blobs, parts, () => new Date()),
};

/** Garbage collection: deletes unreachable history and unreferenced content. */
@Module({
  imports: [LocalStoreModule],
  providers: [
    UnreferencedContentStore,
    HistoryStore,
    HistoryPruner,
    StorageUsageStore,
    collectorService,
    CollectionScheduleService,
  ],
  exports: [CollectorService, StorageUsageStore],
})
export class GcModule {}
