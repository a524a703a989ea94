import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDataDir } from './data-dir-lock.js';
import { pgliteDriver } from './pglite-driver.js';

/** The default of 128 MB would be resident completely. With this, a bare process takes about 180 MB. */
const SETTINGS = ['shared_buffers=16MB'];

/**
 * Opens the embedded PostgreSQL in `dir` and returns the `driver` for TypeORM. PGlite itself neither prevents a second process from opening
 * the same files nor restricts access to them. The lock and the mode of the folder do.
 * @throws DataDirInUseError
 */
export async function openPGlite(dir: string): Promise<ReturnType<typeof pgliteDriver>> {
  await mkdir(dir, { recursive: true });
  const unlock = await lockDataDir(dir);
  try {
    const db = await start(join(dir, 'pgdata'));
    return pgliteDriver(db, async () => {
      await db.close();
      await unlock();
    });
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function start(dataDir: string) {
  const { PGlite } = await import('@electric-sql/pglite');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, 0o700);
  const fresh = await stat(join(dataDir, 'PG_VERSION')).then(
    () => false,
    () => true,
  );
  if (!fresh) return PGlite.create({ dataDir, postgresqlconf: SETTINGS });
  // a prepared folder shortens the first start from four seconds to one
  const { dataDir: readyMade } = await import('@electric-sql/pglite-prepopulatedfs');
  return PGlite.create({ dataDir, postgresqlconf: SETTINGS, loadDataDir: await readyMade() });
}
