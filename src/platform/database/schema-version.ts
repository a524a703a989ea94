import { hubVersion } from '../config/load-config.js';
import { DECLARED, oldestProgramOf, timeOf } from './migrations/compatibility.js';

/** The schema that the newest program has declared, in `hub_settings`. */
const KEY = 'schema.compatibility';

interface Compatibility {
  /** The last migration that a program must have. */
  readonly oldest_program: number;
  /** The last migration that this covers. */
  readonly newest: number;
}

/** The parts of a database that are needed to compare its schema with that of this program, such as a `DataSource`. */
export interface MigratedDatabase {
  /** The migrations of this program. */
  readonly migrations: readonly { readonly name?: string }[];
  query<T>(sql: string, parameters?: unknown[]): Promise<T>;
}

const REMEDY = 'Start the newer version, or restore the backup from before the upgrade. See docs/upgrading.md.';

/** The database has the schema of a newer version, which this one cannot use. The message has the reason and the remedy. */
export class NewerDatabaseError extends Error {
  readonly reason: string;
  readonly remedy = REMEDY;

  constructor(migrations: readonly string[]) {
    const reason = `The database was migrated by a newer version of the hub (${migrations.join(', ')}), which version ${hubVersion()} cannot run with.`;
    super(`${reason} ${REMEDY}`);
    this.name = 'NewerDatabaseError';
    this.reason = reason;
  }
}

/** The sentence for migrations of a newer version with which this one may run. */
export const describeNewerSchema = (migrations: readonly string[]): string =>
  `The database was migrated by a newer version (${migrations.join(', ')}), with which this version may run during an upgrade.`;

/**
 * Checks whether this program may use the database: it has no migrations of a newer version, or only such that allow this version.
 * @returns the migrations of a newer version
 * @throws NewerDatabaseError
 */
export async function checkSchema(source: MigratedDatabase): Promise<string[]> {
  const known = new Set(namesOf(source));
  const unknown = (await storedNames(source)).filter((name) => !known.has(name));
  if (unknown.length === 0) return [];
  const declared = await storedCompatibility(source);
  const own = Math.max(0, ...[...known].map(timeOf));
  const isCovered = declared !== undefined && unknown.every((name) => timeOf(name) <= declared.newest);
  if (!isCovered || own < declared.oldest_program) throw new NewerDatabaseError(unknown);
  return unknown;
}

/** Stores which programs may run with the schema of this one, so that older programs can check it. Call after the migrations. */
export async function declareSchema(source: MigratedDatabase, declared = DECLARED): Promise<void> {
  const newest = Math.max(0, ...namesOf(source).map(timeOf));
  if (!(await exists(source, 'hub_settings'))) return;
  const current = await storedCompatibility(source);
  if (current !== undefined && current.newest >= newest) return; // most starts write nothing
  const value: Compatibility = { oldest_program: oldestProgramOf(declared), newest };
  await source.query(
    'INSERT INTO hub_settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2',
    [KEY, JSON.stringify(value)],
  );
}

const namesOf = (source: MigratedDatabase): string[] =>
  source.migrations.map(({ name, constructor }) => name ?? constructor.name);

async function exists(source: MigratedDatabase, table: string): Promise<boolean> {
  const [row] = await source.query<[{ exists: boolean }]>('SELECT to_regclass($1) IS NOT NULL AS exists', [table]);
  return row.exists;
}

async function storedNames(source: MigratedDatabase): Promise<string[]> {
  if (!(await exists(source, 'migrations'))) return [];
  const rows = await source.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY timestamp');
  return rows.map(({ name }) => name);
}

async function storedCompatibility(source: MigratedDatabase): Promise<Compatibility | undefined> {
  if (!(await exists(source, 'hub_settings'))) return undefined;
  const [row] = await source.query<{ value: string }[]>('SELECT value FROM hub_settings WHERE key = $1', [KEY]);
  return row && (JSON.parse(row.value) as Compatibility);
}
