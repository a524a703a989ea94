import { randomUUID } from 'node:crypto';
import { BINDING_KEY_PREFIX } from './cluster-key-prefix.js';
import type { RedisClient } from './redis-client.js';
import { HEARTBEAT, PUBLISH } from './redis-scripts.js';

const TTL_MS = 60_000;

/**
 * Uses the keys and channels of the hub, with each kind of command, and deletes what it has written. At startup and in the doctor, so that both
 * find the same missing rights.
 * @param prefix - begins with the prefix of the hub's own keys and channels
 * @returns how long Redis needed for the first command, in milliseconds
 */
export async function useRedisRights(client: RedisClient, prefix: string): Promise<number> {
  const own = `${prefix}${randomUUID()}`;
  const keys = [`${own}:number`, `${own}:replicas`];
  const binding = `${BINDING_KEY_PREFIX}${own}`;
  const started = performance.now();
  await client.eval(HEARTBEAT, { keys, arguments: [randomUUID(), `${TTL_MS}`] });
  const took = performance.now() - started;
  await client.eval(PUBLISH, { keys, arguments: [own, '', `${TTL_MS}`] });
  await client.set(binding, '', { expiration: { type: 'PX', value: TTL_MS } });
  await client.zScan(keys[1]!, '0');
  await client.hGetAll(own);
  await client
    .multi()
    .unlink([...keys, binding])
    .exec();
  await client.subscribe(own, () => undefined);
  await client.unsubscribe(own);
  return took;
}
