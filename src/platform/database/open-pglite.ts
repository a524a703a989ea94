import { access, chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { copyImage } from './database-image.js';
import { lockDataDir } from './data-dir-lock.js';
import type { EmbeddedSession } from './embedded-session.js';
import { pgliteDriver } from './pglite-driver.js';
import { PGliteWorker } from './pglite-worker.js';

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

/** The embedded database has ended while the hub was running. */
export class EmbeddedDatabaseCrashError extends Error {
  constructor(dir: string, cause: Error) {
    super(
      `The embedded database in ${dir} has ended unexpectedly (${cause.message}). Start the hub again: no committed change is lost. ` +
        'If this happens repeatedly, check the free space and the memory of this machine.',
      { cause },
    );
    this.name = 'EmbeddedDatabaseCrashError';
  }
}

/**
 * Opens the embedded PostgreSQL in `dir` and returns the `driver` for TypeORM. PGlite itself neither prevents a second process from opening
 * the same files nor restricts access to them. The lock and the permissions of the folder do.
 *
 * If the database ends unexpectedly, an `EmbeddedDatabaseCrashError` is thrown as an uncaught exception, which ends the process: without its
 * database, the hub can only be started again.
 * @param image - prepared database that a new one starts from
 * @throws DataDirInUseError
 * @throws EmbeddedDatabaseError if the database does not start, for example because its disk is full
 */
export async function openPGlite(dir: string, image?: string): Promise<ReturnType<typeof pgliteDriver>> {
  await mkdir(dir, { recursive: true });
  const unlock = await lockDataDir(dir);
  try {
    const session = await start(dir, image);
    return pgliteDriver(session, async () => {
      await session.close();
      await unlock();
    });
  } catch (error) {
    await unlock();
    throw new EmbeddedDatabaseError(dir, error);
  }
}

async function start(dir: string, image: string | undefined): Promise<EmbeddedSession> {
  const dataDir = join(dir, 'pgdata');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, 0o700);
  const isThere = (await hasDatabase(dataDir)) || (image !== undefined && (await copyImage(image, dataDir)));
  return PGliteWorker.start({ dataDir, postgresqlconf: SETTINGS, isNew: !isThere }, (error) => {
    throw new EmbeddedDatabaseCrashError(dir, error);
  });
}

const hasDatabase = (dataDir: string): Promise<boolean> =>
  access(join(dataDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
