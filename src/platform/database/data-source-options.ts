import type { DataSourceOptions } from 'typeorm';
import type { HubConfig } from '../config/hub-config.js';
import { MIGRATIONS } from './migrations/migrations.js';
import { openPGlite } from './open-pglite.js';

/** The part of the configuration that says where the database is. */
export type DatabaseConfig = Pick<HubConfig, 'databaseUrl' | 'dataDir'>;

const COMMON = {
  type: 'postgres' as const,
  migrations: MIGRATIONS,
  migrationsRun: true,
  migrationsTransactionMode: 'each' as const,
  synchronize: false,
  installExtensions: false,
  uuidExtension: 'pgcrypto' as const, // gen_random_uuid(), built into PostgreSQL, needs no extension
  connectTimeoutMS: 5000,
};

/**
 * One dialect, one set of migrations: a PostgreSQL server where the configuration names one, else the embedded PostgreSQL in the
 * data directory. Entities are not listed: each room registers its own.
 * @param image what a new embedded database starts from; left out, it starts empty
 * @throws DataDirInUse when another process has the embedded database open
 */
export async function dataSourceOptions(config: DatabaseConfig, image?: string): Promise<DataSourceOptions> {
  if (config.databaseUrl) return { ...COMMON, url: config.databaseUrl, poolSize: 10 };
  return { ...COMMON, driver: await openPGlite(config.dataDir, image) };
}
