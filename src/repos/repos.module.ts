import { Module } from '@nestjs/common';
import { AccessRequestsModule } from './access-requests/access-requests.module.js';
import { FallbackModule } from '../fallback/resolver/fallback.module.js';
import { FallbackSourcesModule } from '../fallback/sources/fallback-sources.module.js';
import { UpstreamModule } from '../fallback/upstream/upstream.module.js';
import { CachedFilesModule } from './read/cached-files.module.js';
import { ContentCacheModule } from './content-cache/content-cache.module.js';
import { GitModule } from './git/git.module.js';
import { ManagementModule } from './management/management.module.js';
import { LfsModule } from './lfs/lfs.module.js';
import { LocalLikers } from './read/local-likers.service.js';
import { LocalReadService } from './read/local-read.service.js';
import { LocalStoreModule } from './store/local-store.module.js';
import { ReadController } from './read/read.controller.js';
import { ReadService } from './read/read.service.js';
import { SourceReadService } from './read/source-read.service.js';
import { SourceFilesService } from './read/source-files.service.js';
import { SourceRawFilesService } from './read/source-raw-files.service.js';
import { SourceXetEntries } from './read/source-xet-entries.service.js';
import { SourceXetOffers } from './read/source-xet-offers.service.js';
import { LocalGguf } from './registry/local-gguf.service.js';
import { RegistryController } from './registry/registry.controller.js';
import { RegistryService } from './registry/registry.service.js';
import { RegistryTokens } from './registry/registry-tokens.service.js';
import { SourceDigests } from './registry/source-digests.service.js';
import { SourceGguf } from './registry/source-gguf.service.js';
import { UsersModule } from '../users/users.module.js';
import { XetModule } from './xet/xet.module.js';
import { XetReadsModule } from './xet-reads/xet-reads.module.js';
import { WriteModule } from './write/write.module.js';

/** Repositories of this hub and of its sources. */
@Module({
  imports: [
    LocalStoreModule,
    ContentCacheModule,
    CachedFilesModule,
    WriteModule,
    FallbackModule,
    FallbackSourcesModule,
    UpstreamModule,
    UsersModule,
    LfsModule,
    ManagementModule,
    XetModule,
    XetReadsModule,
    GitModule,
    AccessRequestsModule,
  ],
  controllers: [ReadController, RegistryController],
  exports: [LocalStoreModule, WriteModule, LfsModule],
  providers: [
    ReadService,
    LocalReadService,
    LocalLikers,
    SourceReadService,
    SourceFilesService,
    SourceRawFilesService,
    SourceXetOffers,
    SourceXetEntries,
    RegistryService,
    RegistryTokens,
    LocalGguf,
    SourceDigests,
    SourceGguf,
  ],
})
export class ReposModule {}
