import { access, chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { copyImage } from './database-image.js';
import { lockDataDir } from './data-dir-lock.js';
import { pgliteDriver } from './pglite-driver.js';

/** Keeps a bare process near 180 MB; the default of 128 MB is touched whole. */
const SETTINGS = ['shared_buffers=16MB'];

/**
 * Opens the embedded PostgreSQL under `dir` and gives TypeORM's `driver` for it. PGlite neither stops a second process from opening
 * the same files nor protects them from others' eyes: the lock and the folder's mode do.
 * @param image what a new database starts from
 * @throws DataDirInUse
 */
export async function openPGlite(dir: string, image?: string): Promise<ReturnType<typeof pgliteDriver>> {
  await mkdir(dir, { recursive: true });
  const unlock = await lockDataDir(dir);
  try {
    const db = await start(join(dir, 'pgdata'), image);
    return pgliteDriver(db, async () => {
      await db.close();
      await unlock();
    });
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function start(dataDir: string, image: string | undefined): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, 0o700);
  const settings = { dataDir, postgresqlconf: SETTINGS };
  if (await exists(join(dataDir, 'PG_VERSION'))) return PGlite.create(settings);
  if (image !== undefined && (await copyImage(image, dataDir))) return PGlite.create(settings);
  // PGlite's own initialized folder, which has no tables: still quicker than initdb
  const { dataDir: initialized } = await import('@electric-sql/pglite-prepopulatedfs');
  return PGlite.create({ ...settings, loadDataDir: await initialized() });
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
