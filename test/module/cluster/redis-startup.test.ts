import { expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { testRedis } from '../../../src/platform/cluster/redis-startup-test.js';
import { buildHubConfig } from '../../support/build-hub-config.js';
import { describeWithRedis } from '../../support/describe-with-redis.js';
import { freePort } from '../../support/free-port.js';

describeWithRedis('Redis at startup', (redis) => {
  const test = (url: string): Promise<void> => testRedis(buildHubConfig({}, { redisUrl: url }), 'hub:', 60_000);
  const withUser = (user: string): string => redis().url.replace('//', `//${user}@`);

  it.each([
    ['a password that Redis does not have', () => withUser(':secret'), [], 'has no password. Remove the password'],
    ['a missing database', () => `${redis().url}/999`, [], 'does not have the database number'],
    ['a wrong password', () => withUser(':wrong'), ['requirepass', 'right'], 'rejects the user name or password'],
    ['no password', () => redis().url, ['requirepass', 'right'], 'requires a password. Add it'],
  ])('rejects %s, and is not waited for', async (_case, url, setting, message) => {
    const client = await createClient({ url: redis().url }).connect();
    if (setting.length > 0) await client.sendCommand(['CONFIG', 'SET', ...setting]);
    await expect(test(url())).rejects.toThrow(message);
    if (setting.length > 0) await client.sendCommand(['CONFIG', 'SET', 'requirepass', '']);
    client.destroy();
  });

  it('rejects a user without the rights that the hub needs', async () => {
    const client = await createClient({ url: redis().url }).connect();
    await client.sendCommand(['ACL', 'SETUSER', 'weak', 'on', '>pw', '~*', '+@read', '+ping']);
    await expect(test(withUser('weak:pw'))).rejects.toThrow('is not allowed to use the commands');
    client.destroy();
  });

  it('accepts a Redis that works, and one that is unreachable after the limit', async () => {
    await test(redis().url);
    await testRedis(buildHubConfig({}, { redisUrl: `redis://127.0.0.1:${await freePort()}` }), 'hub:', 0);
  });
});
