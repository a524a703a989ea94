import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { EmbeddedMaintenance } from '../../../src/platform/database/embedded-maintenance.service.js';
import { copyPreparedDatabase } from '../../support/prepared-database.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { closeDatabases, openDatabase } from '../../support/test-database.js';

let database: DataSource;
beforeAll(async () => {
  const dataDir = await temporaryFolder();
  await copyPreparedDatabase(dataDir);
  database = await openDatabase(() => Promise.resolve({ databaseUrl: undefined, dataDir }));
});
afterAll(closeDatabases);

const addRepositories = (from: number, to: number) =>
  database.query(
    `INSERT INTO repositories (type, namespace, name, lookup_key, owner_id, private)
     SELECT 'model', 'alice', 'm-' || n, 'model:alice/m-' || n, (SELECT id FROM accounts LIMIT 1), false FROM generate_series($1::integer, $2::integer) n`,
    [from, to],
  );
const maintain = (databaseUrl?: string) => new EmbeddedMaintenance(database, { databaseUrl }).run();
/** How many models the planner expects. */
const expected = async (): Promise<number> => {
  const [row] = await database.query<{ 'QUERY PLAN': string }[]>(
    `EXPLAIN SELECT FROM repositories WHERE type = 'model'`,
  );
  return Number(/rows=(\d+)/.exec(row!['QUERY PLAN'])![1]);
};
const pages = async (): Promise<number> => {
  const [row] = await database.query<{ pages: string }[]>(`SELECT pg_relation_size('sum_changes') / 8192 AS pages`);
  return Number(row!.pages);
};

it('collects statistics, by which PostgreSQL chooses indexes', async () => {
  await database.query(
    `INSERT INTO accounts (kind, name, lookup_name, full_name) VALUES ('user', 'alice', 'alice', 'Alice')`,
  );
  await addRepositories(1, 3000);
  expect(await expected()).toBeLessThan(300);
  await maintain('postgresql://server'); // a server does it by itself
  expect(await expected()).toBeLessThan(300);
  await maintain();
  expect(await expected()).toBe(3000);
});

it('frees the space of deleted rows', async () => {
  const before = await pages();
  for (let round = 1; round <= 3; round += 1) {
    await database.query('DELETE FROM sum_changes');
    await maintain();
    await addRepositories(round * 10_000, round * 10_000 + 2000);
    await maintain();
  }
  expect(await pages()).toBeLessThanOrEqual(before * 2);
});
