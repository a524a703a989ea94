import { Module } from '@nestjs/common';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { CLUSTER_BUS, type ClusterBus } from './cluster-bus.js';
import { clusterKeyPrefix } from './cluster-key-prefix.js';
import { LocalClusterBus } from './local-cluster-bus.js';
import { NEW_LIMITER, newMemoryLimiter, newRedisLimiter, type NewLimiter } from './new-limiter.js';
import { RedisClusterBus } from './redis-cluster-bus.js';
import { RedisHealth } from './redis-health.service.js';
import { testRedis } from './redis-startup-test.js';
import { RedisLink } from './redis-link.js';

/** Communication between the replicas of a hub, and the rate limiters that they share. */
@Module({
  providers: [
    RedisHealth,
    {
      provide: RedisLink,
      inject: [HUB_CONFIG],
      useFactory: async (config: HubConfig) => {
        await testRedis(config, config.startup.optionalMs);
        return RedisLink.create(config.redisUrl, config.redisTimeoutMs, config.certificateAuthorities);
      },
    },
    {
      provide: CLUSTER_BUS,
      inject: [HUB_CONFIG, RedisLink, MONOTONIC_CLOCK],
      useFactory: (config: HubConfig, link: RedisLink, clock: MonotonicClock): ClusterBus =>
        config.redisUrl ? new RedisClusterBus(link, clusterKeyPrefix(config), clock) : new LocalClusterBus(),
    },
    {
      provide: NEW_LIMITER,
      inject: [HUB_CONFIG, RedisLink],
      useFactory: (config: HubConfig, link: RedisLink): NewLimiter =>
        config.redisUrl ? newRedisLimiter(link, clusterKeyPrefix(config)) : newMemoryLimiter,
    },
  ],
  exports: [RedisLink, CLUSTER_BUS, NEW_LIMITER],
})
export class ClusterModule {}
