// Jest's globalSetup: creates a temporary folder for the run, in memory if there is enough space. The data directory of a hub has a thousand
// small files: on a disk, creating and deleting them takes longer than most tests.
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Two workers use 300 MB at a time. Docker gives containers 64 MB by default. */
const MIN_FREE_BYTES = 2 * 1024 ** 3;

function hasMemory() {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MIN_FREE_BYTES;
  } catch {
    return false;
  }
}

export default function createTemporaryFolder() {
  const folder = mkdtempSync(join(hasMemory() ? MEMORY : tmpdir(), 'hubfall-run-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user
  process.env.TMPDIR = folder; // the workers, which start later, inherit it
  process.once('exit', () => rmSync(folder, { recursive: true, force: true })); // including what failed tests left there
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
}
