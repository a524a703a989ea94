import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { GcModule } from '../gc/gc.module.js';
import { BackgroundFills } from './background-fills.service.js';
import { BackgroundPace } from './background-pace.service.js';
import { BlockBudget } from './block-budget.service.js';
import { CacheTidying } from './cache-tidying.service.js';
import { CacheSpace } from './cache-space.service.js';
import { ContentCacheAdmin } from './content-cache-admin.service.js';
import { ContentCacheFigures } from './content-cache-figures.service.js';
import { ContentCacheMinuteEntity } from './content-cache-minute.entity.js';
import { ContentCachePinEntity } from './content-cache-pin.entity.js';
import { HeldFileEntity } from './held-file.entity.js';
import { HeldFileStore } from './held-files.store.js';
import { HeldNames } from './held-names.service.js';
import { PinStore } from './pins.store.js';
import { ContentCacheMetrics } from './content-cache-metrics.service.js';
import { ContentCache } from './content-cache.service.js';
import { DigestThread } from './digest-thread.service.js';
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
    TypeOrmModule.forFeature([
      HeldContentEntity,
      HeldBlockEntity,
      HeldFileEntity,
      ContentCacheUsageEntity,
      ContentCacheMinuteEntity,
      ContentCachePinEntity,
    ]),
  ],
  providers: [
    BackgroundFills,
    BackgroundPace,
    BlockBudget,
    CacheSpace,
    CacheTidying,
    ContentCache,
    ContentCacheAdmin,
    ContentCacheFigures,
    ContentCacheMetrics,
    DigestThread,
    Fills,
    Followers,
    HeldBlockStore,
    HeldBytes,
    HeldContentStore,
    HeldFileStore,
    HeldNames,
    PinStore,
  ],
  exports: [
    BackgroundFills,
    BackgroundPace,
    CacheSpace,
    ContentCache,
    ContentCacheAdmin,
    ContentCacheFigures,
    ContentCacheMetrics,
    Fills,
    HeldContentStore,
    HeldFileStore,
    PinStore,
  ],
})
export class ContentCacheModule {}
