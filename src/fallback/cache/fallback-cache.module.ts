import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { Keyv } from 'keyv';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CLUSTER_BUS, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ClusterModule } from '../../platform/cluster/cluster.module.js';
import { AnswerMemory } from './answer-memory.service.js';
import { CacheCountsService } from './cache-counts.service.js';
import { CacheMetrics } from './cache-metrics.service.js';
import { BINDING_STORE, FallbackCacheService } from './fallback-cache.service.js';
import { LruStore } from './lru.store.js';
import { MetadataMemory } from './metadata-memory.service.js';
import { ProbeTurns } from './probe-turns.service.js';
import { SharedBindings } from './shared-bindings.store.js';

const bindingStore = {
  provide: BINDING_STORE,
  inject: [HUB_CONFIG],
  useFactory: (config: HubConfig) => new LruStore(config.fallback.cacheMaxSize),
};

const answerMemory = {
  provide: AnswerMemory,
  inject: [HUB_CONFIG, CLUSTER_BUS],
  useFactory: (config: HubConfig, cluster: ClusterBus) => new AnswerMemory(config, cluster, () => performance.now()),
};

const metadataMemory = {
  provide: MetadataMemory,
  inject: [HUB_CONFIG, CLUSTER_BUS, SharedBindings],
  useFactory: (config: HubConfig, cluster: ClusterBus, shared: SharedBindings) =>
    new MetadataMemory(config, cluster, shared, () => Date.now()),
};

@Module({ providers: [bindingStore], exports: [BINDING_STORE] })
class BindingStoreModule {}

/** Bindings through cache-manager, under the specified keys as they are: no prefix, no serialization of an in-process entry. */
@Module({
  imports: [
    ClusterModule,
    BindingStoreModule,
    CacheModule.registerAsync({
      imports: [BindingStoreModule],
      inject: [BINDING_STORE],
      useFactory: (store: LruStore) => ({
        stores: [new Keyv({ store, serialize: undefined, deserialize: undefined, useKeyPrefix: false })],
      }),
    }),
  ],
  providers: [
    FallbackCacheService,
    CacheCountsService,
    CacheMetrics,
    SharedBindings,
    ProbeTurns,
    answerMemory,
    metadataMemory,
  ],
  exports: [FallbackCacheService, ProbeTurns, AnswerMemory, MetadataMemory],
})
export class FallbackCacheModule {}
