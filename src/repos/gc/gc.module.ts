import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../../platform/audit/audit.module.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { CollectionEntity } from './collection.entity.js';
import { CollectionJobs } from './collection-jobs.service.js';
import { CollectionMetrics } from './collection-metrics.service.js';
import { CollectionStore } from './collection.store.js';
import { CollectionScheduleService } from './collection-schedule.service.js';
import { CollectorIndex, CollectorService } from './collector.service.js';
import { UnreferencedContentStore } from './unreferenced-content.store.js';
import { HistoryPruner } from './history-pruner.service.js';
import { HistoryStore } from './history.store.js';

/** Garbage collection: deletes unreachable history and unreferenced content. */
@Module({
  imports: [AuditModule, LocalStoreModule, TypeOrmModule.forFeature([CollectionEntity])],
  providers: [
    UnreferencedContentStore,
    HistoryStore,
    HistoryPruner,
    CollectionStore,
    CollectionMetrics,
    CollectionJobs,
    CollectorIndex,
    CollectorService,
    CollectionScheduleService,
  ],
  exports: [CollectionJobs, UnreferencedContentStore],
})
export class GcModule {}
