import { Module } from '@nestjs/common';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { PART_STORE, type PartStore } from '../../platform/storage/part-store.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { CollectionRoundsService } from './collection-rounds.service.js';
import { CollectorService } from './collector.service.js';
import { ContentCatalogue } from './content-catalogue.store.js';
import { HistoryPruner } from './history-pruner.service.js';
import { HistoryStore } from './history.store.js';
import { StorageFiguresStore } from './storage-figures.store.js';

const collectorService = {
  provide: CollectorService,
  inject: [ContentCatalogue, HistoryPruner, BLOB_STORE, PART_STORE],
  useFactory: (catalogue: ContentCatalogue, history: HistoryPruner, blobs: BlobStore, parts: PartStore) =>
    new CollectorService({ catalogue, history }, blobs, parts, () => new Date()),
};

/** What nobody needs any more, and how it goes. */
@Module({
  imports: [LocalStoreModule],
  providers: [
    ...[ContentCatalogue, HistoryStore, HistoryPruner, StorageFiguresStore],
    ...[collectorService, CollectionRoundsService],
  ],
  exports: [CollectorService, StorageFiguresStore],
})
export class CleanupModule {}
