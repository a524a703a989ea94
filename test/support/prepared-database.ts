import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { openDataSource } from '../../src/platform/database/open-data-source.js';

/** The embedded database's folder in a data directory. */
const DATABASE = 'pgdata';

/**
 * Copies a migrated, empty embedded database into a data directory. Creating and migrating one takes a second of CPU time, copying and
 * opening this one a quarter of that. Tests of migrations and of the first start do without it.
 */
export async function copyPreparedDatabase(dataDir: string): Promise<void> {
  await cp(await preparedDatabase(), join(dataDir, DATABASE), { recursive: true });
}

/** The run's prepared database, which the first test that needs it creates. */
async function preparedDatabase(): Promise<string> {
  // Each run of Jest has its own temporary folder (temporary-folder-of-run.mjs), so this is never left over from other migrations.
  const prepared = join(tmpdir(), 'prepared-database');
  if (await exists(prepared)) return prepared;
  const dataDir = await mkdtemp(`${prepared}-`);
  const { source } = await openDataSource(await dataSourceOptions({ databaseUrl: undefined, dataDir }));
  await source.destroy();
  // Another worker may have been faster: a folder cannot be renamed onto one that has files.
  await rename(join(dataDir, DATABASE), prepared).catch(async (error: unknown) => {
    if (!(await exists(prepared))) throw error;
  });
  await rm(dataDir, { recursive: true });
  return prepared;
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
