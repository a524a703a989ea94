import { createHash } from 'node:crypto';
import { link, lstat, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DataDirInUseError } from './data-dir-in-use.js';

/** Linux allows 107 bytes for the path of a Unix socket, other systems a few less. */
const LONGEST_SOCKET_PATH = 100;
/** Whoever takes a dead socket away is done with it long before. */
const CLAIM_MS = 5_000;
const RETRY_MS = 10;

/** Gives the data directory back. */
export type Unlock = () => Promise<void>;

/**
 * Holds the data directory for this process. A listening Unix socket is the lock: it dies with its owner, however that ends, so
 * there is nothing to clean up after a crash and no process id to be mistaken for another's.
 * @throws DataDirInUseError when another process (or this one) holds it
 */
export async function lockDataDir(dir: string): Promise<Unlock> {
  const path = await socketPath(dir);
  for (;;) {
    const server = await listen(path);
    if (server) return () => new Promise((done) => server.close(() => done()));
    if (await answers(path)) throw new DataDirInUseError(dir);
    await clearAway(path);
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

/**
 * Takes a dead socket away, and never one that another starter has put in its place meanwhile: whoever gives this very file a second name
 * may, and only one can.
 */
async function clearAway(path: string): Promise<void> {
  const dead = await lstat(path).catch(() => undefined);
  if (!dead || (await answers(path))) return; // the next round tells
  const claim = `${path}.${dead.ino}`;
  try {
    await link(path, claim);
  } catch {
    // Somebody else is at it, or has died at it: naming a file and taking it away takes no time.
    const claimed = await lstat(claim).catch(() => undefined);
    if (claimed && Date.now() - claimed.ctimeMs > CLAIM_MS) await rm(claim, { force: true });
    return wait(RETRY_MS);
  }
  // A file that came in its place may even have its number.
  if ((await lstat(claim)).ino === dead.ino && !(await answers(claim))) await rm(path, { force: true });
  await rm(claim, { force: true });
}
