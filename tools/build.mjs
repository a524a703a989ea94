// Builds the hub (dist/src), its pages (dist/web) and the database image (dist/database), or only the given parts:
//   node tools/build.mjs [--if-changed] [hub] [web] [database]
// With --if-changed, a part whose sources have not changed since its last build is not rebuilt.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isCurrent, stampOf, writeStamp } from './build-stamp.mjs';

const PACKAGES = ['package.json', 'package-lock.json'];

const PARTS = {
  hub: {
    sources: ['src', 'ormconfig.ts', 'tsconfig.json', 'nest-cli.json', ...PACKAGES],
    output: 'dist/src',
    also: ['dist/ormconfig.js', 'dist/ormconfig.js.map'],
    commands: ['nest build'],
  },
  web: {
    sources: ['web', 'src', 'openapi.json', 'tools/compress-web.mjs', ...PACKAGES],
    output: 'dist/web',
    commands: ['npm run -s web:types', 'vite build web --logLevel warn', 'node tools/compress-web.mjs'],
  },
  database: {
    sources: ['src/platform/database', 'tools/build-database.mjs', ...PACKAGES],
    output: 'dist/database',
    commands: ['node tools/build-database.mjs'],
  },
};

/** Runs a command; `npm run` has added the programs in node_modules to the path. */
const run = (command) =>
  new Promise((resolve, reject) => {
    spawn(command, { shell: true, stdio: 'inherit' })
      .once('error', reject)
      .once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`"${command}" failed`))));
  });

async function build({ sources, output, also = [], commands }) {
  // Hashed before the build, so that changes during the build make it outdated.
  const stamp = await stampOf(sources);
  for (const path of [output, `${output}.stamp`, ...also]) await rm(path, { recursive: true, force: true });
  for (const command of commands) await run(command);
  await writeStamp(output, stamp);
}

const ifChanged = process.argv.includes('--if-changed');
const selected = Object.keys(PARTS).filter((name) => process.argv.includes(name));
const wanted = selected.length > 0 ? selected : Object.keys(PARTS);
const states = await Promise.all(wanted.map(async (name) => [name, await isCurrent(PARTS[name])]));
const stale = new Set(
  states.filter(([name, current]) => !current || (!ifChanged && name !== 'database')).map(([name]) => name),
);

const reason = () => (existsSync(PARTS.hub.output) ? 'sources changed' : 'no build yet');
const buildIfStale = (name) => (stale.has(name) ? build(PARTS[name]) : undefined);
try {
  if (ifChanged) console.log(stale.size === 0 ? 'Using the existing build.' : `Building (${reason()})…`);
  // the pages do not depend on the hub; the image is built by the hub
  await Promise.all([buildIfStale('web'), Promise.resolve(buildIfStale('hub')).then(() => buildIfStale('database'))]);
} catch (error) {
  console.error(`The build failed: ${error.message}.`);
  process.exitCode = 1;
}
