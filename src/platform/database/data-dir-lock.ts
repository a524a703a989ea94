import { createHash } from 'node:crypto';
import { link, lstat, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DataDirInUseError } from './data-dir-in-use.js';

/** In bytes. Linux allows 107 for the path of a Unix socket, other systems slightly less. */
const MAX_SOCKET_PATH_LENGTH = 100;
/** Removing a stale socket takes much less time. An older claim belongs to a crashed process. */
const STALE_CLAIM_MS = 5_000;
const RETRY_MS = 10;

/** Releases the lock. */
export type Unlock = () => Promise<void>;

/**
 * Locks the data directory for this process. The lock is a listening Unix socket: the system closes it when the process ends, even after a
 * crash, and unlike a process ID it cannot belong to another process by chance.
 * @throws DataDirInUseError if another process, or this one, holds the lock
 */
export async function lockDataDir(dir: string): Promise<Unlock> {
  const path = await socketPath(dir);
  for (;;) {
    const server = await listen(path);
    if (server) return () => new Promise((done) => server.close(() => done()));
    if (await isListening(path)) throw new DataDirInUseError(dir);
    await removeStaleSocket(path);
  }
}

async function socketPath(dir: string): Promise<string> {
  const path = join(dir, '.hubfall.lock');
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_LENGTH) return path;
  const digest = createHash('sha256').update(await realpath(dir));
  return join(tmpdir(), `hubfall-${digest.digest('hex').slice(0, 32)}.lock`);
}

/** Returns the listening server, or `undefined` if the socket already exists. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => resolve(server.unref()));
  });
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}

/**
 * Removes the socket of a crashed process, but never one that another process has created in the meantime: a process only removes the file
 * after it has linked it to a second name, which only one process can do.
 */
async function removeStaleSocket(path: string): Promise<void> {
  const stale = await lstat(path).catch(() => undefined);
  if (!stale || (await isListening(path))) return; // the caller tries again
  const claim = `${path}.${stale.ino}`;
  try {
    await link(path, claim);
  } catch {
    // Another process is removing it, or has crashed while doing so.
    const claimed = await lstat(claim).catch(() => undefined);
    if (claimed && Date.now() - claimed.ctimeMs > STALE_CLAIM_MS) await rm(claim, { force: true });
    return wait(RETRY_MS);
  }
  // A socket created in the meantime may have the same inode number, so it is also checked whether a process is listening.
  if ((await lstat(claim)).ino === stale.ino && !(await isListening(claim))) await rm(path, { force: true });
  await rm(claim, { force: true });
}
