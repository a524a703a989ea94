import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { toDatabaseError } from '../../../src/platform/database/database-error.js';
import { openDataSource } from '../../../src/platform/database/open-data-source.js';
import { INSTALLATIONS, postgresBinaries, PostgresServer } from '../../support/postgres-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const POOL_SIZE = 3;

describe('a database server that stops responding', () => {
  if (postgresBinaries() === undefined) {
    it.skip(`skipped: no PostgreSQL under ${INSTALLATIONS}`, () => {});
    return;
  }
  let server: PostgresServer;
  let proxy: TcpProxy;
  let source: DataSource;

  beforeAll(async () => {
    server = await PostgresServer.start();
    const url = new URL(await server.newDatabase());
    proxy = await TcpProxy.start(Number(url.port));
    url.port = String(proxy.port);
    const config = { databaseUrl: url.href, dataDir: '/nonexistent', databasePoolSize: POOL_SIZE };
    ({ source } = await openDataSource(await dataSourceOptions(config), 10_000));
  }, 60_000);
  afterEach(() => proxy.thaw());
  afterAll(async () => {
    await source.destroy();
    await proxy.close();
    await server.stop();
  });

  const readAll = (count: number): Promise<unknown[]> =>
    Promise.all(Array.from({ length: count }, () => source.query('SELECT pg_sleep(0.01)')));
  const untilRead = async (): Promise<void> => {
    while ((await source.query('SELECT 1').catch(() => undefined)) === undefined) await nextTurn();
  };

  it('is reported as unavailable, to running queries, waiting ones and new ones, and used again afterwards', async () => {
    await readAll(10);
    proxy.freeze();
    const queries = Array.from({ length: 10 }, () => source.query('SELECT 1').catch((error: unknown) => error));
    const transaction = source.transaction((manager) => manager.query('SELECT 1')).catch((error: unknown) => error);
    for (const error of await Promise.all([...queries, transaction]))
      expect(toDatabaseError(error)).toMatchObject({ code: 'ServiceDisabled', facts: { retryAfter: 2 } });
    const later: unknown = await source.query('SELECT 1').catch((error: unknown) => error);
    expect(toDatabaseError(later)).toMatchObject({ code: 'ServiceDisabled' });
    proxy.thaw();
    await untilRead();
    await readAll(10);
  }, 30_000);

  it('is used with new connections if only the open ones were interrupted, as by a failover', async () => {
    await readAll(10);
    proxy.freezeOpen();
    const lost: unknown = await source.query('SELECT 1').catch((error: unknown) => error);
    expect(toDatabaseError(lost)).toMatchObject({ code: 'ServiceDisabled' });
    await readAll(10);
  }, 30_000);

  it('is not mistaken for one that works on a long query', async () => {
    await expect(source.query("SELECT 'done' AS result, pg_sleep(5)")).resolves.toMatchObject([{ result: 'done' }]);
  }, 30_000);
});
