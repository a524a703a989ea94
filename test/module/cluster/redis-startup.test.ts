import { createServer as createWebServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { testRedis } from '../../../src/platform/cluster/redis-startup-test.js';
import { buildHubConfig } from '../../support/build-hub-config.js';
import { describeWithRedis } from '../../support/describe-with-redis.js';
import { freePort } from '../../support/free-port.js';
import { TlsProxy } from '../../support/tls-proxy.js';

describeWithRedis('Redis at startup', (redis) => {
  const test = (url: string): Promise<void> => testRedis(buildHubConfig({}, { redisUrl: url }), 'hubfall:hub:', 60_000);
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

  it('rejects the scheme without TLS if Redis requires it, and the one with TLS if Redis does not use it', async () => {
    const proxy = await TlsProxy.start(Number(new URL(redis().url).port));
    await expect(test(`redis://127.0.0.1:${proxy.port}`)).rejects.toThrow(
      'Redis requires TLS. Begin KOHAKU_HUB_REDIS_URL with rediss://.',
    );
    await proxy.close();
    await expect(test(redis().url.replace('redis:', 'rediss:'))).rejects.toThrow(
      'Redis does not use TLS. Begin KOHAKU_HUB_REDIS_URL with redis://.',
    );
  });

  it('rejects a URL that leads to another service', async () => {
    const web = createWebServer((_request, response) => response.end('a page'));
    await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
    const { port } = web.address() as AddressInfo;
    await expect(test(`redis://127.0.0.1:${port}`)).rejects.toThrow('KOHAKU_HUB_REDIS_URL leads to a web server.');
    web.closeAllConnections();
    web.close();
  });

  it('does not take a server that closes connections for one with the other scheme', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).destroy());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    for (const scheme of ['redis', 'rediss'])
      await testRedis(buildHubConfig({}, { redisUrl: `${scheme}://127.0.0.1:${port}` }), 'hubfall:hub:', 0);
    await new Promise((done) => server.close(done));
  });

  it.each([
    ['commands', ['~*', '&*', '+@read', '+@connection'], 'use the commands that the hub needs.'],
    ['commands of scripts', ['~*', '&*', '+@all', '-publish'], 'use the commands that the hub needs.'],
    ['the keys of bindings', ['~hubfall:*', '&*', '+@all'], 'use the keys hubfall:* and fallback:*.'],
    ['its own keys', ['~fallback:*', '&*', '+@all'], 'use the keys hubfall:* and fallback:*.'],
    ['channels', ['~*', 'resetchannels', '+@all'], 'use the channels hubfall:*.'],
    ['subscriptions', ['~*', '&*', '+@all', '-subscribe'], 'use the commands that the hub needs.'],
  ])('rejects a user without the right to %s', async (_case, rules, message) => {
    const client = await createClient({ url: redis().url }).connect();
    await client.sendCommand(['ACL', 'SETUSER', 'weak', 'reset', 'on', '>pw', ...rules]);
    await expect(test(withUser('weak:pw'))).rejects.toThrow(`is not allowed to ${message}`);
    client.destroy();
  });

  it('accepts the documented user', async () => {
    await test(redis().hubUrl);
  });

  it('accepts a Redis that works, and one that is unreachable after the limit', async () => {
    await test(redis().url);
    await testRedis(buildHubConfig({}, { redisUrl: `redis://127.0.0.1:${await freePort()}` }), 'hubfall:hub:', 0);
  });
});
