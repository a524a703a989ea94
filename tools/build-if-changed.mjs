// Loaded before the hub by `npm start`: builds the hub if its sources have changed. Not a `prestart` script, because npm runs none with
// `ignore-scripts` (.npmrc).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('build.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [BUILD, '--if-changed'], { stdio: 'inherit' });
if (status !== 0) process.exit(1);
