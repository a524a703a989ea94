import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newRedisLimiter } from '../../../src/platform/cluster/new-limiter.js';
import { RedisLink } from '../../../src/platform/cluster/redis-link.js';
import { TryLimitsService, WRONG_PASSWORDS_BY_NAME } from '../../../src/users/try-limits.service.js';
import { eventually } from '../../support/eventually.js';
import { describeWithRedis } from '../../support/redis.js';

Logger.overrideLogger(false);

describeWithRedis('tries', (redis) => {
  let links: RedisLink[];
  let replicas: TryLimitsService[];

  beforeAll(async () => {
    links = await Promise.all([RedisLink.to(redis().url, 2_000), RedisLink.to(redis().url, 2_000)]);
    links.forEach((link) => link.open({}, () => void link.probe((client) => client.ping())));
    await eventually(() => links.every(({ state }) => state === 'up'));
    replicas = links.map((link) => new TryLimitsService(newRedisLimiter(link, 'test:')));
  });
  afterAll(() => links.forEach((link) => link.close()));

  const tryOn = (replica: number, name: string): Promise<void> => replicas[replica]!.beforePassword(name, '192.0.2.1');
  const limited = { code: 'RateLimited', facts: { retryAfter: expect.any(Number) } };

  it('are counted wherever they are made; right ones are given back', async () => {
    for (let n = 0; n < WRONG_PASSWORDS_BY_NAME; n += 1) await tryOn(n % 2, 'ann');
    await expect(tryOn(0, 'ann')).rejects.toMatchObject(limited);
    await expect(tryOn(1, 'ann')).rejects.toMatchObject(limited);
    for (let n = 0; n < 3 * WRONG_PASSWORDS_BY_NAME; n += 1) {
      await tryOn(n % 2, 'ben');
      await replicas[1 - (n % 2)]!.afterRightPassword('ben', '192.0.2.1');
    }
  });

  it('are counted by each replica while Redis is away', async () => {
    await redis().kill();
    for (let n = 0; n < WRONG_PASSWORDS_BY_NAME; n += 1) await tryOn(0, 'cleo');
    await expect(tryOn(0, 'cleo')).rejects.toMatchObject(limited);
    await tryOn(1, 'cleo');
    await redis().restart();
  });
});
