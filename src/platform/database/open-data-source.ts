import { DataSource, type DataSourceOptions } from 'typeorm';

/** Any number that nobody else locks in this database: "hubfall" on a telephone's keys. */
const MIGRATING = 4_823_255;

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
    await turn.query('SELECT pg_advisory_xact_lock($1)', [MIGRATING]);
    const ran = await migrate(source);
    await turn.commitTransaction();
    return ran;
  } finally {
    await turn.release();
  }
}
