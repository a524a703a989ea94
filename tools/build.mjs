// Builds the hub (dist/src), its pages (dist/web) and the database image (dist/database), or those of them that are named:
//   node tools/build.mjs [--if-changed] [hub] [web] [database]
// With --if-changed, a part whose sources are those of its last build is left as it is.
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
    sources: ['web', 'src', 'openapi.json', ...PACKAGES],
    output: 'dist/web',
    commands: ['npm run -s web:types', 'vite build web --logLevel warn'],
  },
  database: {
    sources: ['src/platform/database', 'tools/build-database.mjs', ...PACKAGES],
    output: 'dist/database',
    commands: ['node tools/build-database.mjs'],
  },
};

/** Runs under `npm run`, which puts the programs of node_modules on the path. */
const run = (command) =>
  new Promise((resolve, reject) => {
    spawn(command, { shell: true, stdio: 'inherit' })
      .once('error', reject)
      .once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`"${command}" failed`))));
  });

async function build({ sources, output, also = [], commands }) {
  // the sources as they are now: what changes during the build counts as changed after it
  const stamp = await stampOf(sources);
  for (const path of [output, `${output}.stamp`, ...also]) await rm(path, { recursive: true, force: true });
  for (const command of commands) await run(command);
  await writeStamp(output, stamp);
}

const ifChanged = process.argv.includes('--if-changed');
const named = Object.keys(PARTS).filter((name) => process.argv.includes(name));
const wanted = named.length > 0 ? named : Object.keys(PARTS);
const states = await Promise.all(wanted.map(async (name) => [name, await isCurrent(PARTS[name])]));
const stale = new Set(
  states.filter(([name, current]) => !current || (!ifChanged && name !== 'database')).map(([name]) => name),
);

const reason = () => (existsSync(PARTS.hub.output) ? 'sources changed' : 'no build yet');
const buildIfStale = (name) => (stale.has(name) ? build(PARTS[name]) : undefined);
try {
  if (ifChanged) console.log(stale.size === 0 ? 'Using the existing build.' : `Building (${reason()})…`);
  // the pages need nothing of the hub; the image is built by the hub
  await Promise.all([buildIfStale('web'), Promise.resolve(buildIfStale('hub')).then(() => buildIfStale('database'))]);
} catch (error) {
  console.error(`The build failed: ${error.message}.`);
  process.exitCode = 1;
}
