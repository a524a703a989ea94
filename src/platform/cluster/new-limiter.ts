import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RedisClient } from './redis-client.js';
import type { RedisLink } from './redis-link.js';

/** How often something may be done. */
export interface Allowance {
  /** Unlike any other's. */
  readonly name: string;
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

/** Makes a limiter that counts for the whole fleet; while that cannot be asked, for this process. */
export type NewLimiter = (allowance: Allowance) => RateLimiterAbstract;

/** Injection token of `NewLimiter`. */
export const NEW_LIMITER = Symbol('NewLimiter');

/** Counts in this process alone. */
export const newMemoryLimiter: NewLimiter = ({ points, duration }) => new RateLimiterMemory({ points, duration });

/** @param prefix of this hub's keys */
export const newRedisLimiter =
  (link: RedisLink, prefix: string): NewLimiter =>
  (allowance) =>
    new RateLimiterRedis({
      storeClient: boundedBy(link),
      useRedisPackage: true,
      keyPrefix: `${prefix}tries:${allowance.name}`,
      points: allowance.points,
      duration: allowance.duration,
      insuranceLimiter: newMemoryLimiter(allowance),
    });

/** The commands that the limiter gives, within the time that a request waits for Redis. */
const boundedBy = (link: RedisLink) => ({
  eval: (...args: Parameters<RedisClient['eval']>) => answered(link.command((redis) => redis.eval(...args))),
  multi: () => ({
    get: (key: string) => ({
      pTTL: () => ({ exec: () => answered(link.command((redis) => redis.multi().get(key).pTTL(key).exec())) }),
    }),
  }),
});

/** The limiter turns to its insurance when its store throws. */
async function answered<T>(answer: Promise<T | undefined>): Promise<T> {
  const given = await answer;
  if (given === undefined) throw new Error('Redis does not answer');
  return given;
}
