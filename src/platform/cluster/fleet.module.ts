import { Module } from '@nestjs/common';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { fleetPrefix } from './fleet-prefix.js';
import { FLEET, type Fleet } from './fleet.js';
import { LocalFleet } from './local-fleet.js';
import { NEW_LIMITER, newMemoryLimiter, newRedisLimiter, type NewLimiter } from './new-limiter.js';
import { RedisFleet } from './redis-fleet.js';
import { RedisHealth } from './redis-health.service.js';
import { RedisLink } from './redis-link.js';

const monotonic = (): number => performance.now();

/** The other replicas, and what all of them count together. */
@Module({
  providers: [
    RedisHealth,
    {
      provide: RedisLink,
      inject: [HUB_CONFIG],
      useFactory: ({ redisUrl, redisTimeoutMs }: HubConfig) => RedisLink.to(redisUrl, redisTimeoutMs),
    },
    {
      provide: FLEET,
      inject: [HUB_CONFIG, RedisLink],
      useFactory: (config: HubConfig, link: RedisLink): Fleet =>
        config.redisUrl ? new RedisFleet(link, fleetPrefix(config), monotonic) : new LocalFleet(),
    },
    {
      provide: NEW_LIMITER,
      inject: [HUB_CONFIG, RedisLink],
      useFactory: (config: HubConfig, link: RedisLink): NewLimiter =>
        config.redisUrl ? newRedisLimiter(link, fleetPrefix(config)) : newMemoryLimiter,
    },
  ],
  exports: [RedisLink, FLEET, NEW_LIMITER],
})
export class FleetModule {}
