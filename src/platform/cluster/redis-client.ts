import { createClient } from '@redis/client';

const CONNECT_MS = 2_000;
const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 1_000;

const retryDelay = (retries: number): number => Math.min(MIN_RETRY_MS * 2 ** Math.min(retries, 10), MAX_RETRY_MS);

/**
 * Creates a client that is not connected yet.
 * @param failFast - whether commands fail at once while disconnected instead of waiting for the connection
 * @param authorities - trusted certificate authorities; by default, the authorities that Node.js includes
 */
export const newRedisClient = (url: string, failFast: boolean, authorities?: readonly string[]) =>
  createClient({
    url,
    disableOfflineQueue: failFast,
    RESP: 2 as const,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: retryDelay,
      ...(authorities && url.startsWith('rediss:') && { tls: true as const, ca: [...authorities] }),
    },
    commandOptions: { timeout: 0 }, // it covers only commands that are not sent yet; `RedisLink.command` limits the wait for the reply
  });

/** A connection to Redis. */
export type RedisClient = ReturnType<typeof newRedisClient>;
