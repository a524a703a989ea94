import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RedisClient } from './redis-client.js';
import type { RedisLink } from './redis-link.js';

/** A rate limit: `points` requests per `duration`. */
export interface Allowance {
  /** Unique among all limits. */
  readonly name: string;
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

/** Creates a rate limiter that is shared by all replicas. While Redis is unreachable, each replica counts separately. */
export type NewLimiter = (allowance: Allowance) => RateLimiterAbstract;

/** Injection token of `NewLimiter`. */
export const NEW_LIMITER = Symbol('NewLimiter');

/** Creates a limiter that counts in this process only. */
export const newMemoryLimiter: NewLimiter = ({ points, duration }) => new RateLimiterMemory({ points, duration });

/** @param prefix - prefix of this hub's Redis keys */
export const newRedisLimiter =
  (link: RedisLink, prefix: string): NewLimiter =>
  (allowance) =>
    new RateLimiterRedis({
      storeClient: limiterClient(link),
      useRedisPackage: true,
      keyPrefix: `${prefix}tries:${allowance.name}`,
      points: allowance.points,
      duration: allowance.duration,
      insuranceLimiter: newMemoryLimiter(allowance),
    });

/** The commands that the limiter uses, with the timeout of `RedisLink`. */
const limiterClient = (link: RedisLink) => ({
  eval: (...args: Parameters<RedisClient['eval']>) => replyOrThrow(link.command((redis) => redis.eval(...args))),
  multi: () => ({
    get: (key: string) => ({
      pTTL: () => ({ exec: () => replyOrThrow(link.command((redis) => redis.multi().get(key).pTTL(key).exec())) }),
    }),
  }),
});

/** The limiter switches to its insurance limiter when the store throws. */
async function replyOrThrow<T>(command: Promise<T | undefined>): Promise<T> {
  const reply = await command;
  if (reply === undefined) throw new Error('Redis does not respond');
  return reply;
}
