import { createClient } from 'redis';

const CONNECT_MS = 2_000;
const RETRY_MS = { first: 50, last: 1_000 };

const retryIn = (retries: number): number => Math.min(RETRY_MS.first * 2 ** Math.min(retries, 10), RETRY_MS.last);

/** A client that is not connected yet. @param failsAtOnce whether commands fail while it is not connected, instead of waiting */
export const newRedisClient = (url: string, failsAtOnce: boolean) =>
  createClient({
    ...{ url, disableOfflineQueue: failsAtOnce, RESP: 2 as const },
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: retryIn },
    commandOptions: { timeout: 0 }, // it would time what is not sent yet; `RedisLink.command` times the answer
  });

/** A connection to Redis. */
export type RedisClient = ReturnType<typeof newRedisClient>;
