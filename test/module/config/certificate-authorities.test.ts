import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rootCertificates } from 'node:tls';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { DataSource } from 'typeorm';
import { RedisLink } from '../../../src/platform/cluster/redis-link.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { s3Client } from '../../../src/platform/storage/s3-client.js';
import { describeWithRedis } from '../../support/describe-with-redis.js';
import { bytes } from '../../support/fake-replies.js';
import { FakeUpstream } from '../../support/fake-upstream.js';
import { postgresBinaries, PostgresServer } from '../../support/postgres-server.js';
import { TEST_CA } from '../../support/test-tls.js';
import { TlsProxy } from '../../support/tls-proxy.js';

const WITH_COMPANY = [...rootCertificates, TEST_CA];

const onServer = postgresBinaries() === undefined ? describe.skip : describe; // skipped if PostgreSQL is not installed
onServer('PostgreSQL over TLS with a certificate of a company authority', () => {
  let server: PostgresServer;
  let proxy: TlsProxy;
  let url: URL;
  beforeAll(async () => {
    server = await PostgresServer.start();
    url = new URL(await server.newDatabase());
    proxy = await TlsProxy.start(Number(url.port), { isPostgres: true });
    url.port = `${proxy.port}`;
  });
  afterAll(async () => {
    await proxy.close();
    await server.stop();
  });

  const connect = async (host: string, mode: string, certificateAuthorities?: readonly string[]): Promise<unknown> => {
    url.hostname = host;
    const databaseUrl = `${url.href}?sslmode=${mode}`;
    const options = await dataSourceOptions({ databaseUrl, dataDir: '', certificateAuthorities });
    const source = new DataSource({ ...options, migrationsRun: false });
    try {
      await source.initialize();
      return await source.query('SELECT 1 AS one');
    } catch (error) {
      return (error as { code?: string }).code;
    } finally {
      if (source.isInitialized) await source.destroy();
    }
  };

  it.each([
    ['127.0.0.1', 'require', WITH_COMPANY, [{ one: 1 }]],
    ['127.0.0.1', 'verify-full', WITH_COMPANY, [{ one: 1 }]],
    ['127.0.0.1', 'verify-full', undefined, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['127.0.0.1', 'verify-full', rootCertificates, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ])('at %s with sslmode=%s', async (host, mode, authorities, expected) => {
    expect(await connect(host, mode, authorities)).toEqual(expected);
  });
});

describeWithRedis('Redis over TLS with a certificate of a company authority', (redis) => {
  it.each([
    [WITH_COMPANY, 'PONG'],
    [undefined, undefined],
  ])('is used if the authority is trusted', async (authorities, expected) => {
    const proxy = await TlsProxy.start(Number(new URL(redis().url).port));
    const link = await RedisLink.create(`rediss://127.0.0.1:${proxy.port}`, 5_000, authorities);
    const connected = new Promise<boolean>((resolve) => {
      link.open({}, () => resolve(true));
      link.commands!.once('error', () => resolve(false));
    });
    await connected;
    const reply = await link.probe((client) => client.ping());
    link.close();
    await proxy.close();
    expect(reply).toBe(expected);
  });
});

describe('S3 over TLS with a certificate of a company authority', () => {
  it.each([
    [WITH_COMPANY, 200],
    [undefined, expect.stringContaining('certificate')],
  ])('is used if the authority is trusted', async (certificateAuthorities, expected) => {
    const server = await FakeUpstream.start(bytes(200, ''), '127.0.0.1', { tls: true });
    const client = s3Client({
      endpoint: server.url,
      publicEndpoint: undefined,
      bucket: 'hub',
      region: 'us-east-1',
      keys: { accessKeyId: 'a', secretAccessKey: 'b' },
      forcePathStyle: true,
      timeoutMs: 7000,
      certificateAuthorities,
    });
    const result = await client.send(new HeadBucketCommand({ Bucket: 'hub' })).then(
      ({ $metadata }) => $metadata.httpStatusCode,
      ({ message }: Error) => message,
    );
    client.destroy();
    await server.close();
    expect(result).toEqual(expected);
  });
});
