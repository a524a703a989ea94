import { withTimeout } from '../async/with-timeout.js';
import { tryService } from '../config/await-service.js';
import type { HubConfig } from '../config/hub-config.js';
import { describeRedisProblem, describeRedisRejection } from './redis-problem.js';
import { useRedisRights } from './redis-rights.js';
import { explainScheme } from './redis-scheme.js';

const TEST_MS = 3000;

/**
 * Uses Redis as the hub does, at startup.
 * @throws ServiceUnusableError if it rejects the settings of the hub
 */
export async function testRedis(config: HubConfig, prefix: string, waitMs: number): Promise<void> {
  if (config.redisUrl === undefined) return;
  await tryService({
    name: 'Redis',
    use: () => useRedis(config, prefix),
    describeRejection: describeRedisRejection,
    describeOutage: describeRedisProblem,
    waitMs,
  });
}

async function useRedis(config: HubConfig, prefix: string): Promise<void> {
  const { newRedisClient } = await import('./redis-client.js');
  const client = newRedisClient(config.redisUrl!, {
    failFast: true,
    reconnects: false,
    authorities: config.certificateAuthorities,
  });
  client.on('error', () => undefined); // thrown by the commands as well
  const use = async (): Promise<void> => {
    await client.connect();
    await useRedisRights(client, prefix);
  };
  try {
    await withTimeout(TEST_MS, use());
  } catch (error) {
    throw await explainScheme(error, config.redisUrl!);
  } finally {
    client.destroy();
  }
}
