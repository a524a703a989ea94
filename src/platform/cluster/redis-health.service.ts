import { Injectable } from '@nestjs/common';
import { Components } from '../observability/components.service.js';
import { RedisLink } from './redis-link.js';

/** Tells whether Redis answers, where there is one. Without it this replica works on alone. */
@Injectable()
export class RedisHealth {
  constructor(components: Components, redis: RedisLink) {
    const fault = (): string | undefined =>
      redis.state === 'down'
        ? 'does not answer; this replica works on alone, and believes nothing for longer than a few seconds'
        : undefined;
    if (redis.state !== 'off') components.add({ name: 'redis', isEssential: false, fault });
  }
}
