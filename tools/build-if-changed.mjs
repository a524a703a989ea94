// Loaded before the hub by `npm start`: builds the hub if its sources have changed. Not a `prestart` script, because npm runs none with
// `ignore-scripts` (.npmrc). Threads, such as the one of the embedded database, and other processes of the hub load it again.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const BUILD = fileURLToPath(new URL('build.mjs', import.meta.url));
const isHub = isMainThread && (process.argv[1]?.endsWith('main.js') ?? false);
if (isHub) {
  const { status } = spawnSync(process.execPath, [BUILD, '--if-changed'], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
