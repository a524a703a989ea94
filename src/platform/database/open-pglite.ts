import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDataDir } from './data-dir-lock.js';
import { pgliteDriver } from './pglite-driver.js';

/** Keeps a bare process near 180 MB; the default of 128 MB is touched whole. */
const SETTINGS = ['shared_buffers=16MB'];

/**
 * Opens the embedded PostgreSQL under `dir` and gives TypeORM's `driver` for it. PGlite neither stops a second process from opening
 * the same files nor protects them from others' eyes: the lock and the folder's mode do.
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
  // a ready-made folder: a first start in one second instead of four
  const { dataDir: readyMade } = await import('@electric-sql/pglite-prepopulatedfs');
  return PGlite.create({ dataDir, postgresqlconf: SETTINGS, loadDataDir: await readyMade() });
}
