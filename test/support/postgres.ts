import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { DatabaseConfig } from '../../src/platform/database/data-source-options.js';
import { INSTALLATIONS, postgresBinaries, PostgresServer } from './postgres-server.js';
import { closeDatabases } from './test-database.js';
import { temporaryFolder } from './temporary-folder.js';

/** Gives an empty database each time it is called. */
export type NewDatabase = () => Promise<DatabaseConfig>;

/** Runs one suite on the embedded database and on a real PostgreSQL server; where none is installed, that half says so. */
export function describeOnEveryDatabase(name: string, suite: (newDatabase: NewDatabase) => void): void {
  describe(`${name} (embedded PostgreSQL)`, () => {
    suite(async () => ({ databaseUrl: undefined, dataDir: await temporaryFolder() }));
    afterAll(closeDatabases);
  });
  describe(`${name} (PostgreSQL server)`, () => {
    if (postgresBinaries() === undefined) {
      it.skip(`skipped: no PostgreSQL under ${INSTALLATIONS}`, () => {});
      return;
    }
    let server: PostgresServer;
    beforeAll(async () => {
      server = await PostgresServer.start();
    });
    suite(async () => ({ databaseUrl: await server.newDatabase(), dataDir: await temporaryFolder() }));
    // hooks run in the order they are written: the suite's own first, the server's last
    afterAll(closeDatabases);
    afterAll(() => server.stop());
  });
}
