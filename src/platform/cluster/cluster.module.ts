import { Module } from '@nestjs/common';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { CLUSTER_BUS, type ClusterBus } from './cluster-bus.js';
import { IdentityModule } from '../identity/identity.module.js';
import { INSTANCE_ID } from '../identity/instance-id.js';
import { CLUSTER_KEY_PREFIX, clusterKeyPrefix } from './cluster-key-prefix.js';
import { LocalClusterBus } from './local-cluster-bus.js';
import { NEW_LIMITER, newMemoryLimiter, newRedisLimiter, type NewLimiter } from './new-limiter.js';
import { RedisClusterBus } from './redis-cluster-bus.js';
import { RedisHealth } from './redis-health.service.js';
import { testRedis } from './redis-startup-test.js';
import { RedisLink } from './redis-link.js';

/** Communication between the replicas of a hub, and the rate limiters that they share. */
@Module({
  imports: [IdentityModule],
  providers: [
    RedisHealth,
    { provide: CLUSTER_KEY_PREFIX, inject: [INSTANCE_ID], useFactory: clusterKeyPrefix },
    {
      provide: RedisLink,
      inject: [HUB_CONFIG, CLUSTER_KEY_PREFIX],
      useFactory: async (config: HubConfig, prefix: string) => {
        await testRedis(config, prefix, config.startup.optionalMs);
        return RedisLink.create(config.redisUrl, config.redisTimeoutMs, config.certificateAuthorities);
      },
    },
    {
      provide: CLUSTER_BUS,
      inject: [HUB_CONFIG, RedisLink, MONOTONIC_CLOCK, CLUSTER_KEY_PREFIX],
      useFactory: ({ redisUrl }: HubConfig, link: RedisLink, clock: MonotonicClock, prefix: string): ClusterBus =>
        redisUrl ? new RedisClusterBus(link, prefix, clock) : new LocalClusterBus(),
    },
    {
      provide: NEW_LIMITER,
      inject: [HUB_CONFIG, RedisLink, CLUSTER_KEY_PREFIX],
      useFactory: ({ redisUrl }: HubConfig, link: RedisLink, prefix: string): NewLimiter =>
        redisUrl ? newRedisLimiter(link, prefix) : newMemoryLimiter,
    },
  ],
  exports: [RedisLink, CLUSTER_BUS, CLUSTER_KEY_PREFIX, NEW_LIMITER],
})
export class ClusterModule {}
