// Loaded before the hub by `npm start`: builds the hub if its sources have changed. Not a `prestart` script, because npm runs none with
// `ignore-scripts` (.npmrc).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The processes that the hub starts have the same options. */
const isHub = process.argv[1]?.endsWith('main.js') ?? false;
const BUILD = fileURLToPath(new URL('build.mjs', import.meta.url));
if (isHub && spawnSync(process.execPath, [BUILD, '--if-changed'], { stdio: 'inherit' }).status !== 0) process.exit(1);
