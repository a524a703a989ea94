import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { HubError } from '../../domain/hub-error.js';

/** @throws HubError `RateLimited` with `message` if the limit is reached */
export async function consume(limiter: RateLimiterAbstract, key: string, message: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (result) {
    if (result instanceof Error) throw result;
    const retryAfter = Math.max(1, Math.ceil((result as RateLimiterRes).msBeforeNext / 1000));
    throw new HubError('RateLimited', message, { retryAfter });
  }
}
