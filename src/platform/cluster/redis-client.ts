import { createClient } from '@redis/client';

const CONNECT_MS = 2_000;
const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 1_000;

const retryDelay = (retries: number): number => Math.min(MIN_RETRY_MS * 2 ** Math.min(retries, 10), MAX_RETRY_MS);

/** How a connection behaves. */
export interface RedisConnection {
  /** Whether commands fail at once while disconnected instead of waiting for the connection. */
  readonly failFast: boolean;
  /** Whether it connects again after an error. */
  readonly reconnects: boolean;
  /** Trusted certificate authorities; by default, the authorities that Node.js includes. */
  readonly authorities?: readonly string[];
}

/** Creates a client that is not connected yet. */
export const newRedisClient = (url: string, { failFast, reconnects, authorities }: RedisConnection) =>
  createClient({
    url,
    disableOfflineQueue: failFast,
    RESP: 2 as const,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: reconnects && retryDelay,
      ...(authorities && url.startsWith('rediss:') && { tls: true as const, ca: [...authorities] }),
    },
    commandOptions: { timeout: 0 }, // it covers only commands that are not sent yet; `RedisLink.command` limits the wait for the reply
  });

/** A connection to Redis. */
export type RedisClient = ReturnType<typeof newRedisClient>;
