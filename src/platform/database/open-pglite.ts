import { access, chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { copyImage } from './database-image.js';
import { lockDataDir } from './data-dir-lock.js';
import { pgliteDriver } from './pglite-driver.js';

/** The default of 128 MB would all be resident. With this setting, the process takes about 180 MB without the application. */
const SETTINGS = ['shared_buffers=16MB'];

/** The embedded database did not start. */
export class EmbeddedDatabaseError extends Error {
  constructor(dir: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `The embedded database in ${dir} did not start (${reason}). Check that its disk has free space and that the hub may write all ` +
        'files in it. If files are damaged, restore the directory from a backup.',
      { cause },
    );
    this.name = 'EmbeddedDatabaseError';
  }
}

/**
 * Opens the embedded PostgreSQL in `dir` and returns the `driver` for TypeORM. PGlite itself neither prevents a second process from opening
 * the same files nor restricts access to them. The lock and the permissions of the folder do.
 * @param image - prepared database that a new one starts from
 * @throws DataDirInUseError
 * @throws EmbeddedDatabaseError if the database does not start, for example because its disk is full
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
    throw new EmbeddedDatabaseError(dir, error);
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
