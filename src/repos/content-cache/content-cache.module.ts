import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { GcModule } from '../gc/gc.module.js';
import { BackgroundFills } from './background-fills.service.js';
import { CacheSpace } from './cache-space.service.js';
import { ContentCacheMetrics } from './content-cache-metrics.service.js';
import { ContentCache } from './content-cache.service.js';
import { ContentCacheUsageEntity } from './content-cache-usage.entity.js';
import { Fills } from './fills.service.js';
import { Followers } from './followers.service.js';
import { HeldBlockStore } from './held-blocks.store.js';
import { HeldBytes } from './held-bytes.service.js';
import { HeldBlockEntity } from './held-block.entity.js';
import { HeldContentEntity } from './held-content.entity.js';
import { HeldContentStore } from './held-content.store.js';

/** Files of sources that this hub keeps (`delivery: cache` and `cache-async`). */
@Module({
  imports: [
    StorageModule,
    GcModule,
    TypeOrmModule.forFeature([HeldContentEntity, HeldBlockEntity, ContentCacheUsageEntity]),
  ],
  providers: [
    BackgroundFills,
    CacheSpace,
    ContentCache,
    ContentCacheMetrics,
    Fills,
    Followers,
    HeldBlockStore,
    HeldBytes,
    HeldContentStore,
  ],
  exports: [BackgroundFills, ContentCache, ContentCacheMetrics],
})
export class ContentCacheModule {}
