import { Injectable } from '@nestjs/common';
import { Components } from '../observability/components.service.js';
import { RedisLink } from './redis-link.js';

/** Health of Redis, if one is configured. It is not essential: without it, this replica caches values for a few seconds only. */
@Injectable()
export class RedisHealth {
  constructor(components: Components, redis: RedisLink) {
    const findProblem = (): string | undefined =>
      redis.state === 'down'
        ? `${redis.problem}. This replica runs without it and caches values for a few seconds only`
        : undefined;
    if (redis.state !== 'off') components.add({ name: 'redis', isEssential: false, findProblem });
  }
}
