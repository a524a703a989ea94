import { DataSource, type DataSourceOptions } from 'typeorm';

/** Key of the advisory lock for migrations. Any number that is not used by other locks in this database. */
const MIGRATION_LOCK = 4_823_255;

/** Timeouts that a server may have set. They must not apply, because waiting for the lock and holding it take as long as the migration. */
const LIMITS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const;

/**
 * Opens the database and runs pending migrations. If several replicas start at once, one runs the migrations and the others wait.
 * @returns the data source, and the names of the migrations that were run
 */
export async function openDataSource(options: DataSourceOptions): Promise<{ source: DataSource; ran: string[] }> {
  const source = await new DataSource({ ...options, migrationsRun: false } as DataSourceOptions).initialize();
  try {
    // the embedded database has a single session, and the lock of the data directory excludes other processes
    const isEmbedded = 'driver' in options && options.driver !== undefined;
    return { source, ran: isEmbedded ? await migrate(source) : await migrateWithLock(source) };
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

const migrate = async (source: DataSource): Promise<string[]> => (await source.runMigrations()).map(({ name }) => name);

/** The lock is released with its transaction, so also if the process crashes. Unlike a session lock, it works behind a connection pooler. */
async function migrateWithLock(source: DataSource): Promise<string[]> {
  const lock = source.createQueryRunner();
  try {
    await lock.startTransaction();
    for (const limit of LIMITS) await lock.query(`SET LOCAL ${limit} = 0`);
    await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    return await migrate(source);
  } finally {
    await lock.rollbackTransaction().catch(() => undefined); // the transaction only held the lock
    await lock.release();
  }
}
