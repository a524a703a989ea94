import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { Keyv } from 'keyv';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { AnswerMemory } from './answer-memory.service.js';
import { BINDING_STORE, FallbackCacheService } from './fallback-cache.service.js';
import { LruStore } from './lru.store.js';

const bindingStore = {
  provide: BINDING_STORE,
  inject: [HUB_CONFIG],
  useFactory: (config: HubConfig) => new LruStore(config.fallback.cacheMaxSize),
};

const answerMemory = {
  provide: AnswerMemory,
  inject: [HUB_CONFIG],
  useFactory: (config: HubConfig) => new AnswerMemory(config, () => performance.now()),
};

@Module({ providers: [bindingStore], exports: [BINDING_STORE] })
class BindingStoreModule {}

/** Bindings through cache-manager, under the specified keys as they are: no prefix, no serialization of an in-process entry. */
@Module({
  imports: [
    BindingStoreModule,
    CacheModule.registerAsync({
      imports: [BindingStoreModule],
      inject: [BINDING_STORE],
      useFactory: (store: LruStore) => ({
        stores: [new Keyv({ store, serialize: undefined, deserialize: undefined, useKeyPrefix: false })],
      }),
    }),
  ],
  providers: [FallbackCacheService, answerMemory],
  exports: [FallbackCacheService, AnswerMemory],
})
export class FallbackCacheModule {}
