import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { HubConfig } from '../../platform/config/hub-config.js';
import { loadConfig } from '../../platform/config/load-config.js';
import { secretFiles, type Secrets } from '../../platform/config/secrets.js';
import { dataSourceOptions } from '../../platform/database/data-source-options.js';
import { describeDatabaseProblem, describeDatabaseRejection } from '../../platform/database/database-problem.js';
import { MIGRATIONS } from '../../platform/database/migrations/migrations.js';
import { SecretKeys } from '../../platform/identity/secret-keys.js';
import { SOURCE_TYPES } from '../../fallback/strategies/strategies.js';
import { CommandError } from '../describe-boot-error.js';

/** The class of an entity. */
type EntityTarget = abstract new () => object;

/** Connections to a server, so that a hub that is in use keeps most of them. */
const POOL_SIZE = 2;

const readIfExists = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');

/** The secrets of a data directory. Unlike at a start, missing ones are empty and not generated. */
export function existingSecrets(dataDir: string): Secrets {
  const files = secretFiles(dataDir);
  return { adminToken: readIfExists(files.adminToken), secretKey: readIfExists(files.secretKey) };
}

/**
 * The configuration of the hub, for commands that only examine it.
 * @throws InvalidEnvironmentError
 */
export const loadExistingConfig = (): HubConfig =>
  loadConfig({ secretsIn: existingSecrets, sourceTypes: SOURCE_TYPES });

/** The secret keys of the hub. Without any, nothing can be decrypted. */
export const existingKeys = ({ secretKeys }: HubConfig): SecretKeys =>
  new SecretKeys(secretKeys.length > 0 ? secretKeys : ['']);

/**
 * Opens the database without changing it.
 * @param entities - the entities that are read as objects
 * @throws CommandError if it does not exist, cannot be used, or has another version; DataDirInUseError
 */
export async function openExistingDatabase(
  config: HubConfig,
  entities: readonly EntityTarget[] = [],
): Promise<DataSource> {
  const database = await openAnyVersion(config, entities);
  try {
    await requireCurrent(database);
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/**
 * Opens the database without changing it, whichever version has migrated it.
 * @param entities - the entities that are read as objects
 * @throws CommandError if it does not exist or cannot be used; DataDirInUseError
 */
export async function openAnyVersion(config: HubConfig, entities: readonly EntityTarget[] = []): Promise<DataSource> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl === undefined && !existsSync(join(dataDir, 'pgdata', 'PG_VERSION')))
    throw new CommandError(
      `The data directory ${dataDir} has no database. Check KOHAKU_HUB_DATA_DIR and KOHAKU_HUB_DATABASE_URL.`,
    );
  const options = await dataSourceOptions(config);
  const source = new DataSource({
    ...options,
    poolSize: POOL_SIZE,
    entities: [...entities],
    migrationsRun: false,
  } as typeof options);
  return source.initialize().catch((error: unknown) => {
    if (databaseUrl === undefined) throw error;
    throw new CommandError(unusable(error), { cause: error });
  });
}

function unusable(error: unknown): string {
  const rejection = describeDatabaseRejection(error);
  if (rejection !== undefined) return `${rejection}.`;
  return `${describeDatabaseProblem(error)}. Check that it is running, and KOHAKU_HUB_DATABASE_URL.`;
}

/** @throws CommandError if the schema is that of another version */
async function requireCurrent(database: DataSource): Promise<void> {
  const [table] = await database.query<{ exists: boolean }[]>(`SELECT to_regclass('migrations') IS NOT NULL AS exists`);
  const rows = table!.exists ? await database.query<{ name: string }[]>('SELECT name FROM migrations') : [];
  const ran = new Set(rows.map(({ name }) => name));
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  if ([...known].some((name) => !ran.has(name)))
    throw new CommandError(
      'The database has pending migrations of this version. Run migrate first, or use the version that wrote it.',
    );
  if ([...ran].some((name) => !known.has(name)))
    throw new CommandError('The database was migrated by a newer version of the hub. Use that version.');
}
