import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../../src/platform/database/data-source-options.js';
import { PGliteWorker } from '../../../src/platform/database/pglite-worker.js';
import { copyPreparedDatabase } from '../../support/prepared-database.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** A simple query of the PostgreSQL protocol. */
function queryMessage(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.from('Q\0\0\0\0');
  head.writeInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

describe('the embedded database', () => {
  let source: DataSource;

  beforeAll(async () => {
    const dataDir = await temporaryFolder();
    await copyPreparedDatabase(dataDir);
    source = await new DataSource(await dataSourceOptions({ databaseUrl: undefined, dataDir })).initialize();
  });
  afterAll(() => source.destroy());

  /** The number of turns of the event loop until the work is done. */
  async function turnsDuring(work: Promise<unknown>): Promise<number> {
    let isDone = false;
    void work.finally(() => (isDone = true));
    let turns = 0;
    for (; !isDone; turns += 1) await yieldToEventLoop();
    await work;
    return turns;
  }

  it('does not block the event loop while it computes', async () => {
    const query = source.query('SELECT count(md5(n::text)) FROM generate_series(1, 200000) AS n');
    expect(await turnsDuring(query)).toBeGreaterThan(20);
  });

  it('does not block the event loop with many queries in a row', async () => {
    const queries = async (): Promise<void> => {
      for (let at = 0; at < 500; at += 1) await source.query('SELECT $1::integer', [at]);
    };
    expect(await turnsDuring(queries())).toBeGreaterThan(500);
  });

  it('returns large results completely', async () => {
    const rows = await source.query<{ n: number; text: string }[]>(
      `SELECT n, repeat(n::text, 10) AS text FROM generate_series(1, 50000) AS n`,
    );
    expect(rows).toHaveLength(50_000);
    expect(rows.every(({ n, text }, at) => n === at + 1 && text === String(n).repeat(10))).toBe(true);
    const [row] = await source.query<{ body: Buffer }[]>(`SELECT convert_to(repeat('x', 3000001), 'UTF8') AS body`);
    expect(row!.body.equals(Buffer.alloc(3_000_001, 'x'))).toBe(true);
  });

  it('stores what was sent after a failed statement', async () => {
    await expect(source.query('SELECT * FROM missing')).rejects.toThrow('relation "missing" does not exist');
    expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('the thread of the embedded database', () => {
  it('ends requests that are running when it crashes, and reports the crash once', async () => {
    const dataDir = await temporaryFolder();
    await copyPreparedDatabase(dataDir);
    const crashes: Error[] = [];
    const settings = { dataDir: join(dataDir, 'pgdata'), postgresqlconf: [], isNew: false };
    const session = await PGliteWorker.start(settings, (error) => crashes.push(error));
    const running = session.execute(queryMessage('SELECT pg_sleep(60)'), () => undefined);
    await session.terminate();
    await expect(running).rejects.toThrow('its thread has ended');
    await expect(session.execute(queryMessage('SELECT 1'), () => undefined)).rejects.toThrow('its thread has ended');
    expect(crashes.map(({ message }) => message)).toEqual(['its thread has ended']);
  });

  it('reports why the database does not start', async () => {
    const file = join(await temporaryFolder(), 'a-file');
    await writeFile(file, '');
    const crashes: Error[] = [];
    const settings = { dataDir: join(file, 'pgdata'), postgresqlconf: [], isNew: false };
    await expect(PGliteWorker.start(settings, (error) => crashes.push(error))).rejects.toThrow('ENOTDIR');
    expect(crashes).toEqual([]);
  });
});
