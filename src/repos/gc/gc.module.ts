import { Module } from '@nestjs/common';
import { LocalStoreModule } from '../store/local-store.module.js';
import { CollectionScheduleService } from './collection-schedule.service.js';
import { CollectorIndex, CollectorService } from './collector.service.js';
import { UnreferencedContentStore } from './unreferenced-content.store.js';
import { HistoryPruner } from './history-pruner.service.js';
import { HistoryStore } from './history.store.js';
import { StorageUsageStore } from './storage-usage.store.js';

/** Garbage collection: deletes unreachable history and unreferenced content. */
@Module({
  imports: [LocalStoreModule],
  providers: [
    UnreferencedContentStore,
    HistoryStore,
    HistoryPruner,
    StorageUsageStore,
    CollectorIndex,
    CollectorService,
    CollectionScheduleService,
  ],
  exports: [CollectorService, StorageUsageStore, UnreferencedContentStore],
})
export class GcModule {}
