import { Module } from '@nestjs/common';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { FallbackSourcesModule } from '../../fallback/sources/fallback-sources.module.js';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { ClonePlanService } from './clone-plan.service.js';
import { GitController } from './git.controller.js';
import { GitService } from './git.service.js';
import { HistoryLimitsService } from './history-limits.service.js';
import { WantedObjectsService } from './wanted-objects.service.js';
import { PackService } from './pack.service.js';
import { SharedPacks } from './shared-packs.service.js';
import { SourceGit } from './source-git.service.js';
import { UploadPackService } from './upload-pack.service.js';

/** Git clients: clone and fetch. */
@Module({
  imports: [LocalStoreModule, FallbackModule, FallbackSourcesModule, StorageModule],
  controllers: [GitController],
  providers: [
    GitService,
    UploadPackService,
    ClonePlanService,
    PackService,
    SharedPacks,
    SourceGit,
    HistoryLimitsService,
    WantedObjectsService,
  ],
  exports: [SourceGit],
})
export class GitModule {}
