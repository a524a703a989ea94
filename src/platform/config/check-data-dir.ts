import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { HubConfig } from './hub-config.js';

const MEGABYTE = 1_000_000;
/** A new embedded database takes about 24 MB. */
const MIN_FREE_FOR_NEW_DATABASE = 64 * MEGABYTE;
/** Enough for the write-ahead log of an existing database until space is freed. */
const PROBE_SIZE = 64 * 1024;

/** The data directory cannot be used. The message explains why, and how to fix it. */
export class DataDirUnusableError extends Error {
  constructor(dataDir: string, problem: string) {
    super(`The data directory ${dataDir} cannot be used: ${problem}`);
    this.name = 'DataDirUnusableError';
  }
}

const ANOTHER = 'or set KOHAKU_HUB_DATA_DIR to another directory.';

function describeProblem(error: unknown): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  const at = path === undefined ? '' : ` at ${path}`;
  if (code === 'ENOSPC' || code === 'EDQUOT') return `its disk is full. Free some space, ${ANOTHER}`;
  if (code === 'EROFS') return `it is on a read-only file system. Make it writable, ${ANOTHER}`;
  if (code === 'EACCES' || code === 'EPERM')
    return `user ${userInfo().uid} is not allowed to write${at}. Change its owner or permissions, ${ANOTHER}`;
  if (code === 'ENOTDIR' || code === 'EEXIST') return `there is a file${at}. Move it away, ${ANOTHER}`;
  if (code === 'ENOENT') return `it does not exist and cannot be created. Create it, ${ANOTHER}`;
  return undefined;
}

/** Whether this process stores anything there: the database, files, or generated secrets. */
const isUsed = ({ databaseUrl, s3, secretKeys, admin }: HubConfig): boolean =>
  databaseUrl === undefined || s3 === undefined || secretKeys.length === 0 || (admin.enabled && admin.token === '');

/**
 * Checks that the data directory can be created and written, and has space for a new database, before anything is stored there.
 * @param config - secrets that are generated are still empty
 * @throws DataDirUnusableError
 */
export function checkDataDir(config: HubConfig): void {
  const { dataDir, databaseUrl } = config;
  if (!isUsed(config)) return;
  try {
    mkdirSync(dataDir, { recursive: true });
    checkWritable(dataDir);
  } catch (error) {
    const problem = describeProblem(error);
    throw problem === undefined ? error : new DataDirUnusableError(dataDir, problem);
  }
  if (databaseUrl === undefined && !existsSync(join(dataDir, 'pgdata'))) checkFreeSpace(dataDir);
}

function checkWritable(dataDir: string): void {
  const probe = join(dataDir, `.write-check-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(probe, Buffer.alloc(PROBE_SIZE), { flag: 'wx' });
  } finally {
    rmSync(probe, { force: true });
  }
}

function checkFreeSpace(dataDir: string): void {
  const { bavail, bsize } = statfsSync(dataDir);
  const free = bavail * bsize;
  if (free >= MIN_FREE_FOR_NEW_DATABASE) return;
  const needed = `a new database needs ${MIN_FREE_FOR_NEW_DATABASE / MEGABYTE} MB`;
  const problem = `its disk has ${Math.floor(free / MEGABYTE)} MB free, and ${needed}. Free some space, ${ANOTHER}`;
  throw new DataDirUnusableError(dataDir, problem);
}
