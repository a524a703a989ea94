import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newRedisLimiter } from '../../../src/platform/cluster/new-limiter.js';
import { RedisLink } from '../../../src/platform/cluster/redis-link.js';
import { AuthLimitsService, MAX_PASSWORD_FAILURES_PER_ACCOUNT } from '../../../src/users/auth-limits.service.js';
import { eventually } from '../../support/eventually.js';
import { describeWithRedis } from '../../support/describe-with-redis.js';

Logger.overrideLogger(false);

describeWithRedis('failed sign-ins', (redis) => {
  let links: RedisLink[];
  let replicas: AuthLimitsService[];

  beforeAll(async () => {
    links = await Promise.all([RedisLink.create(redis().url, 2_000), RedisLink.create(redis().url, 2_000)]);
    links.forEach((link) => link.open({}, () => void link.probe((client) => client.ping())));
    await eventually(() => links.every(({ state }) => state === 'up'));
    replicas = links.map((link) => new AuthLimitsService(newRedisLimiter(link, 'test:')));
  });
  afterAll(() => links.forEach((link) => link.close()));

  const attempt = (replica: number, name: string): Promise<void> =>
    replicas[replica]!.consumePasswordAttempt(name, '192.0.2.1');
  const limited = { code: 'RateLimited', facts: { retryAfter: expect.any(Number) } };

  it('are counted across replicas, and successful ones are refunded', async () => {
    for (let n = 0; n < MAX_PASSWORD_FAILURES_PER_ACCOUNT; n += 1) await attempt(n % 2, 'ann');
    await expect(attempt(0, 'ann')).rejects.toMatchObject(limited);
    await expect(attempt(1, 'ann')).rejects.toMatchObject(limited);
    for (let n = 0; n < 3 * MAX_PASSWORD_FAILURES_PER_ACCOUNT; n += 1) {
      await attempt(n % 2, 'ben');
      await replicas[1 - (n % 2)]!.refundPasswordAttempt('ben', '192.0.2.1');
    }
  });

  it('are counted per replica while Redis is down', async () => {
    await redis().kill();
    for (let n = 0; n < MAX_PASSWORD_FAILURES_PER_ACCOUNT; n += 1) await attempt(0, 'cleo');
    await expect(attempt(0, 'cleo')).rejects.toMatchObject(limited);
    await attempt(1, 'cleo');
    await redis().restart();
  });
});
