import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { QueryFailedError, type DataSource, type MigrationInterface } from 'typeorm';

/** Below the time after which PostgreSQL searches for deadlocks, so that a request of another replica is never the one that is aborted. */
const LOCK_TIMEOUT = '500ms';
const LOCK_UNAVAILABLE = '55P03';
const PAUSE_MS = 500;
/** A minute or two. */
const ATTEMPTS = 120;

/**
 * Runs pending migrations, each in a transaction. Replicas of the previous version may use the tables at the same time: if a lock is not
 * available, the migration is rolled back and repeated, so that their requests continue.
 * @returns the names of the migrations that were run
 */
export async function runMigrations(source: DataSource): Promise<string[]> {
  for (const migration of source.migrations) limitLocks(migration);
  source.logger.logMigration = () => undefined; // it would print failures, which are thrown as well
  const ran: string[] = [];
  for (let attempt = 1; ; attempt++) {
    try {
      ran.push(...(await source.runMigrations()).map(({ name }) => name));
      return ran;
    } catch (error) {
      const { code } = (error instanceof QueryFailedError ? error.driverError : {}) as { code?: string };
      if (code !== LOCK_UNAVAILABLE || attempt === ATTEMPTS) throw error;
      if (attempt === 1) new Logger('Database').log('A migration waits for requests that use its tables.');
      await pause(PAUSE_MS);
    }
  }
}

function limitLocks(migration: MigrationInterface): void {
  const up = migration.up.bind(migration);
  migration.up = async (runner) => {
    await runner.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
    await up(runner);
  };
}
