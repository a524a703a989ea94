import { describe, expect, it } from '@jest/globals';
import { newMemoryLimiter } from '../../../../src/platform/cluster/new-limiter.js';
import type { HubConfig } from '../../../../src/platform/config/hub-config.js';
import type { HubRequest } from '../../../../src/platform/http/hub-request.js';
import { RateLimits } from '../../../../src/platform/http/rate-limits.service.js';
import { RATE_CLASSES } from '../../../../src/platform/http/routes/rate-classes.js';

const limitsOf = (rateLimitFactor: number): RateLimits =>
  new RateLimits({ rateLimitFactor } as HubConfig, newMemoryLimiter);

const request = (ip: string, accountId?: string, adminAccess = 'missing'): HubRequest =>
  ({ ip, socket: {}, caller: { accountId }, adminAccess }) as unknown as HubRequest;

/** The number of requests that are allowed, up to a maximum. */
async function allowed(limits: RateLimits, sent: HubRequest, max: number): Promise<number> {
  for (let count = 0; count < max; count += 1) {
    const error = await limits.count('search', sent).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) continue;
    expect(error).toMatchObject({ code: 'RateLimited', facts: { retryAfter: expect.any(Number) as unknown } });
    return count;
  }
  return max;
}

describe('RateLimits', () => {
  const { account, anonymous } = RATE_CLASSES.search;

  it('allow more requests of an account than of an address, and count each client separately', async () => {
    const limits = limitsOf(1);
    expect(await allowed(limits, request('192.0.2.1'), 10_000)).toBe(anonymous);
    expect(await allowed(limits, request('192.0.2.1', '7'), 10_000)).toBe(account);
    expect(await allowed(limits, request('192.0.2.2'), 1)).toBe(1);
    expect(await allowed(limits, request('192.0.2.2', '8'), 1)).toBe(1);
  });

  it('count classes separately', async () => {
    const limits = limitsOf(1);
    await allowed(limits, request('192.0.2.1'), 10_000);
    await expect(limits.count('check', request('192.0.2.1'))).resolves.toBeUndefined();
  });

  it('are multiplied by a factor, and do not exist with the factor 0', async () => {
    expect(await allowed(limitsOf(3), request('192.0.2.1'), 10_000)).toBe(3 * anonymous);
    expect(await allowed(limitsOf(0), request('192.0.2.1'), 10_000)).toBe(10_000);
  });

  it('do not apply to requests with the admin token', async () => {
    expect(await allowed(limitsOf(1), request('192.0.2.1', undefined, 'granted'), 10_000)).toBe(10_000);
  });
});
