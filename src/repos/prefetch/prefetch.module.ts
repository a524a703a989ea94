import { Module } from '@nestjs/common';
import { AuditModule } from '../../platform/audit/audit.module.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { FallbackSourcesModule } from '../../fallback/sources/fallback-sources.module.js';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { ContentCacheModule } from '../content-cache/content-cache.module.js';
import { CachedFilesModule } from '../read/cached-files.module.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { PrefetchFileEntity } from './prefetch-file.entity.js';
import { PrefetchFileStore } from './prefetch-file.store.js';
import { PrefetchFiller } from './prefetch-filler.service.js';
import { PrefetchForecasts } from './prefetch-forecast.service.js';
import { PrefetchJobEntity } from './prefetch-job.entity.js';
import { PrefetchJobStore } from './prefetch-job.store.js';
import { PrefetchJobs } from './prefetch-jobs.service.js';
import { PrefetchPlanner } from './prefetch-planner.service.js';
import { PrefetchRunner } from './prefetch-runner.service.js';
import { PrefetchRuns } from './prefetch-runs.service.js';
import { PrefetchSchedule } from './prefetch-schedule.service.js';

/** Jobs that fill the content cache before clients ask for the files. */
@Module({
  imports: [
    AuditModule,
    StorageModule,
    LocalStoreModule,
    ContentCacheModule,
    CachedFilesModule,
    FallbackModule,
    FallbackSourcesModule,
    TypeOrmModule.forFeature([PrefetchJobEntity, PrefetchFileEntity]),
  ],
  providers: [
    PrefetchFileStore,
    PrefetchFiller,
    PrefetchForecasts,
    PrefetchJobStore,
    PrefetchJobs,
    PrefetchPlanner,
    PrefetchRunner,
    PrefetchRuns,
    PrefetchSchedule,
  ],
  exports: [PrefetchForecasts, PrefetchJobs],
})
export class PrefetchModule {}
