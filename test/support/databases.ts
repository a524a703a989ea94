import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { dataSourceOptions, type DatabaseConfig } from '../../src/platform/database/data-source-options.js';
import { openDataSource } from '../../src/platform/database/open-data-source.js';
import { FULL_RUN } from './full-run.js';
import { INSTALLATIONS, postgresBinaries, PostgresServer } from './postgres-server.js';
import { copyPreparedDatabase } from './prepared-database.js';
import { closeDatabases } from './test-database.js';
import { temporaryFolder } from './temporary-folder.js';

/** Returns a new database each time it is called. */
export type NewDatabase = () => Promise<DatabaseConfig>;

/**
 * @param newDatabase - creates a migrated database without rows
 * @param newEmptyDatabase - creates a database without tables
 */
export type DatabaseSuite = (newDatabase: NewDatabase, newEmptyDatabase: NewDatabase) => void;

/**
 * Runs a suite on the embedded database and on a PostgreSQL server (skipped if it is not installed): for migrations, and for everything that
 * may differ between one session and a pool, such as locks, conflicts and errors. Both support the same SQL, so
 * `describeOnEveryDatabase.inFullRuns` is enough for everything else: it uses the server only with `CI_FULL=1`.
 */
export const describeOnEveryDatabase = Object.assign(
  (name: string, suite: DatabaseSuite): void => {
    describeEmbedded(name, suite);
    describeOnServer(name, suite);
  },
  {
    inFullRuns(name: string, suite: DatabaseSuite): void {
      describeEmbedded(name, suite);
      if (FULL_RUN) describeOnServer(name, suite);
    },
  },
);

function describeEmbedded(name: string, suite: DatabaseSuite): void {
  describe(`${name} (embedded PostgreSQL)`, () => {
    const newEmptyDatabase: NewDatabase = async () => ({ databaseUrl: undefined, dataDir: await temporaryFolder() });
    suite(async () => {
      const database = await newEmptyDatabase();
      await copyPreparedDatabase(database.dataDir);
      return database;
    }, newEmptyDatabase);
    afterAll(closeDatabases);
  });
}

function describeOnServer(name: string, suite: DatabaseSuite): void {
  describe(`${name} (PostgreSQL server)`, () => {
    if (postgresBinaries() === undefined) {
      it.skip(`skipped: no PostgreSQL under ${INSTALLATIONS}`, () => {});
      return;
    }
    let server: PostgresServer;
    let template: string | undefined;
    beforeAll(async () => {
      server = await PostgresServer.start();
    });
    const at = async (databaseUrl: string): Promise<DatabaseConfig> => ({
      databaseUrl,
      dataDir: await temporaryFolder(),
    });
    const newEmptyDatabase: NewDatabase = async () => at(await server.newDatabase());
    suite(async () => {
      template ??= await migrated(await newEmptyDatabase());
      return at(await server.newDatabase(template));
    }, newEmptyDatabase);
    // Hooks run in this order: first the suite's, then these.
    afterAll(closeDatabases);
    afterAll(() => server.stop());
  });
}

/**
 * Migrates a database and closes all connections, as PostgreSQL requires for templates.
 * @returns its URL
 */
async function migrated(database: DatabaseConfig): Promise<string> {
  const { source } = await openDataSource(await dataSourceOptions(database));
  await source.destroy();
  return database.databaseUrl!;
}
