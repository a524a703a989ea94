import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { toDatabaseError } from '../../../src/platform/database/database-error.js';
import { MIGRATIONS } from '../../../src/platform/database/migrations/migrations.js';
import { openDataSource } from '../../../src/platform/database/open-data-source.js';
import { WaitingPool } from '../../../src/platform/database/waiting-pool.js';
import { freePort } from '../../support/free-port.js';
import { INSTALLATIONS, postgresBinaries, PostgresServer } from '../../support/postgres-server.js';

const READERS = 60;

describe('a database server', () => {
  if (postgresBinaries() === undefined) {
    it.skip(`skipped: no PostgreSQL under ${INSTALLATIONS}`, () => {});
    return;
  }
  let server: PostgresServer;
  let admin: pg.Client;
  let databaseUrl: string;
  const open: DataSource[] = [];

  beforeAll(async () => {
    server = await PostgresServer.start();
    const ownerUrl = await server.newDatabase();
    admin = new pg.Client({ connectionString: ownerUrl });
    await admin.connect();
    await admin.query('CREATE ROLE limited LOGIN');
    await admin.query('CREATE ROLE reader LOGIN');
    await admin.query('GRANT ALL ON SCHEMA public TO limited');
    databaseUrl = ownerUrl.replace('hub@', 'limited@');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.destroy()));
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  /** Applies to new connections. */
  const limitTo = (connections: number) => admin.query(`ALTER ROLE limited CONNECTION LIMIT ${connections}`);
  const newProcess = async (databasePoolSize = 10): Promise<DataSource> => {
    const config = { databaseUrl, dataDir: '/nonexistent', databasePoolSize };
    const { source } = await openDataSource(await dataSourceOptions(config), 10_000);
    open.push(source);
    return source;
  };
  const poolOf = (source: DataSource): WaitingPool => (source.driver as unknown as { master: WaitingPool }).master;
  /** Returns how many connections the role has, as the server counts them. */
  const read = async (source: DataSource): Promise<number> => {
    const [row] = await source.query<{ open: number }[]>(
      'SELECT count(*)::int AS open, pg_sleep(0.02) FROM pg_stat_activity WHERE usename = current_user',
    );
    return row!.open;
  };
  /** Returns the highest number of connections that one of the readers has seen. */
  const readAll = async (source: DataSource): Promise<number> =>
    Math.max(...(await Promise.all(Array.from({ length: READERS }, () => read(source)))));

  it('serves all readers with the connections that it has, and counts the refused ones', async () => {
    await limitTo(3);
    const source = await newProcess();
    let connections = await readAll(source);
    expect(poolOf(source).refusals).toBeGreaterThan(0);
    // At first there may be fewer: PostgreSQL can refuse all of several sessions that start at once, and the pool returns some for other processes.
    while (connections < 3) connections = await readAll(source);
    expect(connections).toBe(3);
    await readAll(source);
  });

  it('lets a process that has no connection get one of another', async () => {
    await limitTo(3);
    const [first, second] = [await newProcess(), await newProcess()];
    await readAll(first);
    await Promise.all([readAll(first), readAll(second)]);
  });

  it('uses all connections again after the server has free ones', async () => {
    await limitTo(2);
    const source = await newProcess(4);
    await readAll(source);
    await limitTo(10);
    while (poolOf(source).totalCount < 4) await readAll(source);
  });

  it.each([
    ['does not have the database', (url: string) => `${url}-missing`, 'does not exist. Create it, or change its name.'],
    ['does not know the user', (url: string) => url.replace('limited@', 'nobody@'), 'refuses the user'],
    ['does not use TLS', (url: string) => `${url}?sslmode=require`, 'does not use TLS. Remove sslmode'],
    ['does not let the user create tables', (url: string) => url.replace('limited@', 'reader@'), 'may not create'],
  ])('is not waited for at startup if it %s', async (_case, change, message) => {
    await limitTo(10);
    const options = await dataSourceOptions({ databaseUrl: change(databaseUrl), dataDir: '/nonexistent' });
    await expect(openDataSource(options, 60_000)).rejects.toThrow(message);
  });

  it('is not waited for at startup if the URL leads to another service', async () => {
    const web = createServer((_request, response) => response.end('a page'));
    await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
    const { port } = web.address() as AddressInfo;
    const databaseUrl = `postgresql://hub@127.0.0.1:${port}/hub`;
    const options = await dataSourceOptions({ databaseUrl, dataDir: '/nonexistent' });
    await expect(openDataSource(options, 60_000)).rejects.toThrow(
      'KOHAKU_HUB_DATABASE_URL leads to a web server, not to PostgreSQL. Check its host and port.',
    );
    web.closeAllConnections();
    web.close();
  });

  it('is not used at startup if its encoding is not UTF-8', async () => {
    await admin.query("CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
    const url = databaseUrl.replace('limited@', 'hub@').replace(/[^/]+$/, 'ascii');
    const options = await dataSourceOptions({ databaseUrl: url, dataDir: '/nonexistent' });
    await expect(openDataSource(options, 60_000)).rejects.toThrow(
      'has the encoding SQL_ASCII. Create it with ENCODING UTF8',
    );
  });

  it('is waited for at startup if it is unreachable, within a limit', async () => {
    const databaseUrl = `postgresql://hub@127.0.0.1:${await freePort()}/hub`;
    const options = await dataSourceOptions({ databaseUrl, dataDir: '/nonexistent' });
    const message =
      'The database does not respond (ECONNREFUSED). Check that it is running, and KOHAKU_HUB_DATABASE_URL.';
    await expect(openDataSource(options, 700)).rejects.toThrow(message);
  });

  it('reports a server that has no connection at all as temporarily unavailable', async () => {
    await limitTo(10);
    const source = await newProcess();
    await limitTo(0);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'limited'");
    const error: unknown = await read(source).catch((thrown: unknown) => thrown);
    expect(toDatabaseError(error)).toMatchObject({ code: 'ServiceDisabled', facts: { retryAfter: 2 } });
  }, 30_000);

  it('is migrated without a deadlock with requests of the previous version', async () => {
    await limitTo(10);
    const databaseUrl = await server.newDatabase();
    const options = await dataSourceOptions({ databaseUrl, dataDir: '/nonexistent' });
    await (await openDataSource(options)).source.destroy();
    const request = new pg.Client({ connectionString: databaseUrl });
    await request.connect();
    await request.query('BEGIN');
    await request.query('LOCK TABLE blobs IN ROW EXCLUSIVE MODE');
    const migrated = openDataSource({ ...options, migrations: [...MIGRATIONS, LocksTables1999999999999] });
    const waiting = async (): Promise<boolean> =>
      (await admin.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount !== 0;
    while (!(await waiting()));
    // waits for the migration, which waits for this transaction
    await request.query('LOCK TABLE accounts IN ROW EXCLUSIVE MODE');
    await request.query('COMMIT');
    const { source, ran } = await migrated;
    open.push(source);
    expect(ran).toEqual(['LocksTables1999999999999']);
    await request.end();
  }, 30_000);
});

/** Locks tables in another order than a commit. */
class LocksTables1999999999999 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('LOCK TABLE accounts');
    await runner.query('LOCK TABLE blobs');
  }

  async down(): Promise<void> {}
}
