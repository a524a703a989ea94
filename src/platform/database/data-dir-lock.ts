import { createHash, randomUUID } from 'node:crypto';
import { realpath, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirInUse } from './data-dir-in-use.js';

/** Linux allows 107 bytes for the path of a Unix socket, other systems a few less. */
const LONGEST_SOCKET_PATH = 100;

/** Gives the data directory back. */
export type Unlock = () => Promise<void>;

/**
 * Holds the data directory for this process. A listening Unix socket is the lock: it dies with its owner, however that ends, so
 * there is nothing to clean up after a crash and no process id to be mistaken for another's.
 * @throws DataDirInUse when another process (or this one) holds it
 */
export async function lockDataDir(dir: string): Promise<Unlock> {
  const path = await socketPath(dir);
  for (;;) {
    const server = await listen(path);
    if (server) return () => new Promise((done) => server.close(() => done()));
    if (await answers(path)) throw new DataDirInUse(dir);
    await clearAway(path, dir);
  }
}

async function socketPath(dir: string): Promise<string> {
  const path = join(dir, '.hubfall.lock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  const digest = createHash('sha256').update(await realpath(dir));
  return join(tmpdir(), `hubfall-${digest.digest('hex').slice(0, 32)}.lock`);
}

/** The listening server, or undefined where the socket exists already. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => resolve(server.unref()));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}

/** Takes a dead socket away. Another starter may have replaced it meanwhile: what we took is looked at once more, and put back if alive. */
async function clearAway(path: string, dir: string): Promise<void> {
  const aside = `${path}.${randomUUID().slice(0, 4)}`;
  try {
    await rename(path, aside);
  } catch {
    return; // someone else took it: the next round tells
  }
  if (await answers(aside)) {
    await rename(aside, path);
    throw new DataDirInUse(dir);
  }
  await rm(aside, { force: true });
}
