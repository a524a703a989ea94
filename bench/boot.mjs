// npm run bench:boot: time until /health/live of the built hub responds, and its memory at rest, compared with a bare Nest
// application in the same run.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { postgresBinaries, PostgresServer } from '../test/support/postgres-server.ts';
import { median } from './load.mjs';
import { cpuMicros, freePort, residentMb } from './processes.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const REST_SECONDS = Number(process.env.BENCH_REST_SECONDS ?? 5);
const POLL_INTERVAL_MS = 5;

const at = (file) => new URL(file, import.meta.url).pathname;
const BARE = [at('bare-nest.mjs')];
// like `npm start` and the container
const HUB = ['--enable-source-maps', at('../dist/src/main.js')];

const isLive = (port) =>
  new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/health/live' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).once('error', () => resolve(false));
  });

/** Starts a program and stops it again. */
async function boot(args, env = {}) {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let exited = false;
  const exit = new Promise((resolve) => child.once('exit', resolve)).then(() => (exited = true));
  while (!(await isLive(port))) {
    if (exited) throw new Error(`${args.at(-1)} exited before it was live`);
    await wait(POLL_INTERVAL_MS);
  }
  const seconds = (performance.now() - started) / 1000;
  const cpu = cpuMicros(child.pid) / 1e6;
  await wait(REST_SECONDS * 1000);
  const memory = residentMb(child.pid);
  child.kill();
  await exit;
  return { seconds, cpu, memory };
}

const runs = new Map();
const record = (name, run) => runs.set(name, [...(runs.get(name) ?? []), run]);

/** Starts with a new data directory, then again with the same one. */
async function bootTwice(name, env) {
  const dataDir = await mkdtemp(join(tmpdir(), 'hubfall-bench-'));
  const all = { KOHAKU_HUB_DATA_DIR: dataDir, KOHAKU_HUB_FALLBACK_SOURCES: '[]', ...env };
  record(`${name}, new`, await boot(HUB, all));
  record(`${name}, used`, await boot(HUB, all));
  await rm(dataDir, { recursive: true, force: true });
}

const server = postgresBinaries() && (await PostgresServer.start());
if (!server) console.log('No PostgreSQL is installed: its rows are missing.');
try {
  for (let round = 0; round < ROUNDS; round++) {
    record('bare Nest + Express', await boot(BARE));
    await bootTwice('embedded database', {});
    if (server) {
      const env = {
        KOHAKU_HUB_DATABASE_URL: await server.newDatabase(),
        KOHAKU_HUB_SECRET_KEY: 'the-key-of-a-benchmark',
      };
      await bootTwice('PostgreSQL server', env);
    }
  }
} finally {
  await server?.stop();
}

console.log(
  `Node ${process.version}, ${cpus().length} cores, medians of ${ROUNDS} starts; at rest: ${REST_SECONDS} s later\n`,
);
console.log('| start                   | s to /health/live | CPU s | ratio of CPU | MB at rest |');
console.log('| ----------------------- | ----------------- | ----- | ------------ | ---------- |');
const of = (name, field) => median(runs.get(name).map((run) => run[field]));
for (const name of runs.keys()) {
  const ratio = of(name, 'cpu') / of('bare Nest + Express', 'cpu');
  const cells = [
    name.padEnd(23),
    of(name, 'seconds').toFixed(2).padEnd(17),
    of(name, 'cpu').toFixed(2).padEnd(5),
    ratio.toFixed(1).padEnd(12),
    String(of(name, 'memory')).padEnd(10),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
