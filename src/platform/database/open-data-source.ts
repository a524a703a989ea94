import { DataSource, type DataSourceOptions } from 'typeorm';
import { awaitService, ServiceUnusableError } from '../config/await-service.js';
import { WrongServiceError } from '../config/identify-service.js';
import { toDatabaseError } from './database-error.js';
import { runMigrations } from './run-migrations.js';
import { checkSchema, declareSchema } from './schema-version.js';
import { explainDatabaseUrl } from './database-wrong-address.js';
import { describeDatabaseProblem, describeDatabaseRejection } from './database-problem.js';

/** Key of the advisory lock for migrations. Any number that is not used by other locks in this database. */
const MIGRATION_LOCK = 4_823_255;

/** Timeouts that a server may have set. They must not apply, because waiting for the lock and holding it take as long as the migration. */
const LIMITS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const;

/** An open database. */
export interface OpenedDatabase {
  readonly source: DataSource;
  /** The names of the migrations that were run. */
  readonly ran: string[];
  /** The names of the migrations of a newer version, with which this one may run. */
  readonly newer: string[];
}

/**
 * Opens the database and runs pending migrations. If several replicas start at once, one runs the migrations and the others wait.
 * @param waitMs - how long to wait for a server that is unreachable
 * @throws NewerDatabaseError if the database has the schema of a newer version; ServiceUnusableError if the server rejects the settings, or is still unreachable
 */
export async function openDataSource(options: DataSourceOptions, waitMs = 0): Promise<OpenedDatabase> {
  const url = 'url' in options ? options.url : undefined;
  if (url === undefined) return open(options, runMigrations);
  const opened = await awaitService({
    name: 'the database',
    use: () => openServer(options, url),
    describeRejection: describeDatabaseRejection,
    describeOutage,
    waitMs,
  });
  if ('value' in opened) return opened.value;
  throw new ServiceUnusableError(`${opened.outage}. Check that it is running, and KOHAKU_HUB_DATABASE_URL.`);
}

/** Other errors are faults of the hub or of a migration. */
function describeOutage(error: unknown): string {
  if (toDatabaseError(error) === undefined) throw error;
  return describeDatabaseProblem(error);
}

async function openServer(options: DataSourceOptions, url: string): Promise<OpenedDatabase> {
  try {
    return await open(options, migrateIfPending);
  } catch (error) {
    throw toDatabaseError(error) === undefined ? error : await explainDatabaseUrl(error, url);
  }
}

async function open(
  options: DataSourceOptions,
  prepare: (source: DataSource) => Promise<string[]>,
): Promise<OpenedDatabase> {
  const source = await new DataSource({ ...options, migrationsRun: false } as DataSourceOptions).initialize();
  try {
    await requireUtf8(source);
    const newer = await checkSchema(source);
    const ran = await prepare(source);
    if (newer.length === 0) await declareSchema(source);
    return { source, ran, newer };
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

/** In another encoding, names and cards cannot be stored, or are sorted and searched as bytes. */
async function requireUtf8(source: DataSource): Promise<void> {
  const [{ server_encoding: encoding }] = await source.query<[{ server_encoding: string }]>('SHOW server_encoding');
  if (encoding === 'UTF8') return;
  throw new WrongServiceError(
    `The database in KOHAKU_HUB_DATABASE_URL has the encoding ${encoding}. Create it with ENCODING UTF8, and restore the tables into it`,
  );
}

/** Most starts find a migrated database, and then need a single connection. */
async function migrateIfPending(source: DataSource): Promise<string[]> {
  return (await hasPendingMigrations(source)) ? migrateWithLock(source) : [];
}

async function hasPendingMigrations(source: DataSource): Promise<boolean> {
  const [{ exists }] = await source.query<[{ exists: boolean }]>(
    "SELECT to_regclass('migrations') IS NOT NULL AS exists",
  );
  if (!exists) return true;
  const rows = await source.query<{ name: string }[]>('SELECT name FROM migrations');
  const known = new Set(rows.map(({ name }) => name));
  return source.migrations.some(({ name, constructor }) => !known.has(name ?? constructor.name));
}

/** The lock is released with its transaction, so also if the process crashes. Unlike a session lock, it works behind a connection pooler. */
async function migrateWithLock(source: DataSource): Promise<string[]> {
  const lock = source.createQueryRunner();
  try {
    await lock.startTransaction();
    for (const limit of LIMITS) await lock.query(`SET LOCAL ${limit} = 0`);
    await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    return await runMigrations(source);
  } finally {
    await lock.rollbackTransaction().catch(() => undefined); // the transaction only held the lock
    await lock.release();
  }
}
