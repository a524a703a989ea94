import { Module } from '@nestjs/common';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { ContentCacheModule } from '../content-cache/content-cache.module.js';
import { CachedFilesService } from './cached-files.service.js';

/** Files of sources that are read through the content cache. */
@Module({
  imports: [FallbackModule, ContentCacheModule, StorageModule],
  providers: [CachedFilesService],
  exports: [CachedFilesService],
})
export class CachedFilesModule {}
