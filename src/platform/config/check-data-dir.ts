import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { HubConfig } from './hub-config.js';

const MEGABYTE = 1_000_000;
/** A new embedded database takes about 24 MB. */
const MIN_FREE_FOR_NEW_DATABASE = 64 * MEGABYTE;
/** Enough for the write-ahead log of an existing database until space is freed. */
const PROBE_SIZE = 64 * 1024;
/** Folders of the data directory that the hub writes files to. */
const FOLDERS = ['blobs', 'blobs/incoming', 'parts', 'pgdata', 'secrets'];

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
    return `user ${userInfo().uid} has no access${at}. Change its owner or permissions, ${ANOTHER}`;
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return `there is a file${path === undefined ? '' : ` at ${fileOn(path)}`}. Move it away, ${ANOTHER}`;
  if (code === 'ENOENT') return `it does not exist and cannot be created. Create it, ${ANOTHER}`;
  return undefined;
}

/** The path itself, or the part of it that is a file instead of a folder. */
function fileOn(path: string): string {
  const parent = dirname(path);
  return existsSync(path) || parent === path ? path : fileOn(parent);
}

/** Whether anything is stored there permanently: the database, files, or generated secrets. A running hub always uses it, for temporary files of uploads. */
export const storesInDataDir = ({ databaseUrl, s3, secretKeys, admin }: HubConfig): boolean =>
  databaseUrl === undefined || s3 === undefined || secretKeys.length === 0 || (admin.enabled && admin.token === '');

/**
 * Checks that the data directory can be created and written, and has space for a new database, before anything is stored there.
 * @param config - secrets that are generated are still empty
 * @throws DataDirUnusableError
 */
export function checkDataDir(config: HubConfig): void {
  const { dataDir, databaseUrl } = config;
  try {
    createFolder(dataDir);
    checkWritable(dataDir);
    for (const folder of FOLDERS.map((name) => join(dataDir, name))) if (existsSync(folder)) checkWritable(folder);
    checkSecrets(join(dataDir, 'secrets'));
  } catch (error) {
    const problem = describeProblem(error);
    throw problem === undefined ? error : new DataDirUnusableError(dataDir, problem);
  }
  if (databaseUrl === undefined && !existsSync(join(dataDir, 'pgdata'))) checkFreeSpace(dataDir);
}

/** Node's recursive `mkdir` never returns where folders cannot be created, such as in `/proc` (seen in Node 20.20). */
function createFolder(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) createFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isFolder(path)) throw error; // otherwise another process has created it
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Secrets may have been created by another user, such as root. */
function checkSecrets(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) closeSync(openSync(join(folder, name), 'r'));
}

function checkWritable(folder: string): void {
  const probe = join(folder, `.write-check-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(probe, Buffer.alloc(PROBE_SIZE), { flag: 'wx' });
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { path: folder });
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
