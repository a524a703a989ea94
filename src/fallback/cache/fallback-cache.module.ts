import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { Keyv } from 'keyv';
import { CLUSTER_BUS, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ClusterModule } from '../../platform/cluster/cluster.module.js';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { BindingStore } from './binding.store.js';
import { CacheMetrics } from './cache-metrics.service.js';
import { CacheStatsService } from './cache-stats.service.js';
import { CommitMetadataCache } from './commit-metadata-cache.service.js';
import { FallbackCacheService } from './fallback-cache.service.js';
import { ProfileCache } from './profile-cache.service.js';
import { RedisBindingStore } from './redis-binding.store.js';
import { SearchLock } from './search-lock.service.js';

const bindingStore = {
  provide: BindingStore,
  inject: [CLUSTER_BUS, HUB_CONFIG, MONOTONIC_CLOCK],
  useFactory: (cluster: ClusterBus, config: HubConfig, now: MonotonicClock) =>
    new BindingStore(cluster, config.fallback.cacheMaxSize, now),
};

@Module({ imports: [ClusterModule], providers: [bindingStore], exports: [BindingStore] })
class BindingStoreModule {}

/** Bindings in cache-manager, under the specified keys without a prefix. Entries in this process are not serialized. */
@Module({
  imports: [
    ClusterModule,
    BindingStoreModule,
    CacheModule.registerAsync({
      imports: [BindingStoreModule],
      inject: [BindingStore],
      useFactory: (store: BindingStore) => ({
        stores: [new Keyv({ store, serialize: undefined, deserialize: undefined, useKeyPrefix: false })],
      }),
    }),
  ],
  providers: [
    FallbackCacheService,
    CacheStatsService,
    CacheMetrics,
    RedisBindingStore,
    SearchLock,
    ProfileCache,
    CommitMetadataCache,
  ],
  exports: [FallbackCacheService, SearchLock, ProfileCache, CommitMetadataCache],
})
export class FallbackCacheModule {}
