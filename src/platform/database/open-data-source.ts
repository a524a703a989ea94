import { DataSource, type DataSourceOptions } from 'typeorm';

/** Any number that nobody else locks in this database: "hubfall" on a telephone's keys. */
const MIGRATING = 4_823_255;

/** What a server may have set: the others' waiting, and the holder's idle transaction, take as long as the migration. */
const LIMITS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const;

/**
 * Opens the database and brings its tables up to date. However many replicas start at once, one of them does it; the others wait.
 * @returns the database, and the names of the migrations that were run
 */
export async function openDataSource(options: DataSourceOptions): Promise<{ source: DataSource; ran: string[] }> {
  const source = await new DataSource({ ...options, migrationsRun: false } as DataSourceOptions).initialize();
  try {
    // the embedded database has one session, and its folder's lock keeps other processes out
    const isEmbedded = 'driver' in options && options.driver !== undefined;
    return { source, ran: isEmbedded ? await migrate(source) : await migrateInTurn(source) };
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

const migrate = async (source: DataSource): Promise<string[]> => (await source.runMigrations()).map(({ name }) => name);

/** The lock ends with its transaction, so also with its process; unlike a session's it holds behind a connection pooler. */
async function migrateInTurn(source: DataSource): Promise<string[]> {
  const turn = source.createQueryRunner();
  try {
    await turn.startTransaction();
    for (const limit of LIMITS) await turn.query(`SET LOCAL ${limit} = 0`);
    await turn.query('SELECT pg_advisory_xact_lock($1)', [MIGRATING]);
    return await migrate(source);
  } finally {
    await turn.rollbackTransaction().catch(() => undefined); // there was nothing in it but the lock
    await turn.release();
  }
}
