import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newRedisLimiter } from '../../../src/platform/cluster/new-limiter.js';
import { RedisLink } from '../../../src/platform/cluster/redis-link.js';
import {
  AuthLimitsService,
  PASSWORD_FAILURES_PER_ACCOUNT_AND_ADDRESS,
  type CountedAttempt,
} from '../../../src/users/auth-limits.service.js';
import { eventually } from '../../support/eventually.js';
import { describeWithRedis } from '../../support/describe-with-redis.js';

Logger.overrideLogger(false);

const MAX_FAILURES = PASSWORD_FAILURES_PER_ACCOUNT_AND_ADDRESS[0].points;

describeWithRedis('failed sign-ins', (redis) => {
  let links: RedisLink[];
  let replicas: AuthLimitsService[];

  beforeAll(async () => {
    links = await Promise.all([RedisLink.create(redis().hubUrl, 2_000), RedisLink.create(redis().hubUrl, 2_000)]);
    links.forEach((link) => link.open({}, () => void link.probe((client) => client.ping())));
    await eventually(() => links.every(({ state }) => state === 'up'));
    replicas = links.map((link) => new AuthLimitsService(newRedisLimiter(link, 'hubfall:test:')));
  });
  afterAll(() => links.forEach((link) => link.close()));

  const attempt = (replica: number, name: string): Promise<CountedAttempt> =>
    replicas[replica]!.startPasswordAttempt(name, '192.0.2.1');
  const limited = { code: 'RateLimited', facts: { retryAfter: expect.any(Number) } };

  it('are counted across replicas, and successful ones are refunded', async () => {
    for (let n = 0; n < MAX_FAILURES; n += 1) await attempt(n % 2, 'ann');
    await expect(attempt(0, 'ann')).rejects.toMatchObject(limited);
    await expect(attempt(1, 'ann')).rejects.toMatchObject(limited);
    for (let n = 0; n < 3 * MAX_FAILURES; n += 1) {
      const started = await attempt(n % 2, 'ben');
      await started.succeed();
    }
  });

  it('are counted per replica while Redis is down', async () => {
    await redis().kill();
    for (let n = 0; n < MAX_FAILURES; n += 1) await attempt(0, 'cleo');
    await expect(attempt(0, 'cleo')).rejects.toMatchObject(limited);
    await attempt(1, 'cleo');
    await redis().restart();
  });
});
