import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import type { HubConfig } from '../config/hub-config.js';
import { MIGRATIONS } from './migrations/migrations.js';
import { serverAddress } from './server-address.js';
import { openPGlite } from './open-pglite.js';
import { WaitingPool } from './waiting-pool.js';

/** The settings that locate the database. */
export type DatabaseConfig = Pick<HubConfig, 'databaseUrl' | 'dataDir'> &
  Partial<Pick<HubConfig, 'certificateAuthorities' | 'databasePoolSize'>>;

const COMMON = {
  type: 'postgres' as const,
  migrations: MIGRATIONS,
  migrationsRun: true,
  migrationsTransactionMode: 'each' as const,
  synchronize: false,
  installExtensions: false,
  uuidExtension: 'pgcrypto' as const, // gen_random_uuid(), built into PostgreSQL, needs no extension
  connectTimeoutMS: 5000,
  applicationName: 'hubfall',
};

const DEFAULT_POOL_SIZE = 10;

/**
 * Options for the configured PostgreSQL server, or for the embedded PostgreSQL in the data directory. Both use the same SQL and migrations.
 * Entities are not listed, because each module registers its own.
 * @param image - prepared database that a new embedded database starts from; without it, a new one starts empty
 * @throws DataDirInUseError if another process has opened the embedded database
 */
export async function dataSourceOptions(config: DatabaseConfig, image?: string): Promise<DataSourceOptions> {
  const { databaseUrl, databasePoolSize: poolSize = DEFAULT_POOL_SIZE } = config;
  if (databaseUrl) {
    const driver = { Client: pg.Client, Pool: WaitingPool, defaults: pg.defaults, types: pg.types };
    return { ...COMMON, ...serverAddress(databaseUrl, config.certificateAuthorities), poolSize, driver };
  }
  return { ...COMMON, driver: await openPGlite(config.dataDir, image) };
}
