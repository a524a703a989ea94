// node bench/embedded.mjs: the embedded database in its thread, compared with the same database in the thread of the caller.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PGlite } from '@electric-sql/pglite';
import { openPGlite } from '../dist/src/platform/database/open-pglite.js';
import { pgliteDriver } from '../dist/src/platform/database/pglite-driver.js';
import { median } from './load.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

/** PGlite in this thread, as an `EmbeddedSession`. */
async function inProcess(dataDir) {
  const db = await PGlite.create({ dataDir: join(dataDir, 'pgdata'), postgresqlconf: ['shared_buffers=16MB'] });
  const session = {
    async execute(batch, onData) {
      await db.execProtocolRawStream(new Uint8Array(batch), { onRawData: (data) => onData(Buffer.from(data)) });
      return db.isInTransaction();
    },
    rollback: () => db.exec('ROLLBACK'),
    close: () => db.close(),
  };
  return pgliteDriver(session, () => session.close());
}

/** Number of runs in a round, and the work. */
const CASES = {
  'one small query after the other': [
    2000,
    async (pool, times) => {
      for (let at = 0; at < times; at++) await pool.query('SELECT $1::integer AS n', [at]);
    },
  ],
  'lookup of a row by its key': [
    2000,
    async (pool, times) => {
      for (let at = 0; at < times; at++) await pool.query('SELECT * FROM rows WHERE id = $1', [at]);
    },
  ],
  '32 lookups at a time': [
    2048,
    async (pool, times) => {
      const client = async () => {
        for (let at = 0; at < times / 32; at++) await pool.query('SELECT * FROM rows WHERE id = $1', [at]);
      };
      await Promise.all(Array.from({ length: 32 }, client));
    },
  ],
  'a page of 100 rows': [300, (pool, times) => repeat(pool, times, 'SELECT * FROM rows LIMIT 100')],
  '20,000 rows': [5, (pool, times) => repeat(pool, times, 'SELECT * FROM rows LIMIT 20000')],
  '4 MB of bytes': [5, (pool, times) => repeat(pool, times, `SELECT convert_to(repeat('x', 4000000), 'UTF8') AS body`)],
  'a query that computes': [
    5,
    (pool, times) => repeat(pool, times, 'SELECT sum(length(md5(n::text))) FROM generate_series(1, 100000) AS n'),
  ],
  'a transaction of one row': [
    300,
    async (pool, times) => {
      for (let at = 0; at < times; at++) {
        const client = await pool.connect();
        await client.query('BEGIN');
        await client.query('INSERT INTO rows (name, size) VALUES ($1, 1)', [`new-${at}`]);
        await client.query('COMMIT');
        client.release();
      }
    },
  ],
};

async function repeat(pool, times, query) {
  for (let at = 0; at < times; at++) await pool.query(query);
}

async function measure(pool, [times, run]) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const cpu = process.cpuUsage();
  await run(pool, times);
  const { user, system } = process.cpuUsage(cpu);
  const elapsed = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return { ms: elapsed / times, cpu: (user + system) / 1000 / times, block: delay.max / 1e6 };
}

const folders = [];
async function prepare(open) {
  const dataDir = await mkdtemp(join(tmpdir(), 'hubfall-bench-'));
  folders.push(dataDir);
  const first = await openPGlite(dataDir);
  await new first.Pool().end();
  const started = performance.now();
  const { Pool } = await open(dataDir);
  const pool = new Pool();
  await pool.query('SELECT 1');
  const boot = performance.now() - started;
  await pool.query(`CREATE TABLE rows (id serial PRIMARY KEY, name text, sha text, size bigint)`);
  await pool.query(
    `INSERT INTO rows (name, sha, size) SELECT 'file-' || n, md5(n::text), n FROM generate_series(1, 20000) n`,
  );
  return { pool, boot };
}

const variants = { 'in-process': await prepare(inProcess), thread: await prepare(openPGlite) };
const results = new Map();
for (let round = 0; round < ROUNDS + 1; round++) {
  for (const [name, testCase] of Object.entries(CASES)) {
    for (const [variant, { pool }] of Object.entries(variants)) {
      const result = await measure(pool, testCase);
      if (round === 0) continue; // compiles the code
      const key = `${name} ${variant}`;
      results.set(key, [...(results.get(key) ?? []), result]);
    }
  }
}
for (const { pool } of Object.values(variants)) await pool.end();
for (const folder of folders) await rm(folder, { recursive: true, force: true });

console.log(
  `Node ${process.version}, ${cpus().length} cores, medians of ${ROUNDS} rounds; throughput = in-process ms / thread ms\n`,
);
for (const [variant, { boot }] of Object.entries(variants)) console.log(`${variant}: ${boot.toFixed(0)} ms to open`);
console.log('\n| case | in-process ms | thread ms | throughput | CPU ms | longest block ms |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const name of Object.keys(CASES)) {
  const of = (variant, field) => median(results.get(`${name} ${variant}`).map((result) => result[field]));
  const pair = (field, digits) => ['in-process', 'thread'].map((variant) => of(variant, field).toFixed(digits));
  const [inMs, threadMs] = pair('ms', 3);
  console.log(
    `| ${name} | ${inMs} | ${threadMs} | ${(inMs / threadMs).toFixed(2)} | ${pair('cpu', 2).join(' / ')} | ${pair('block', 0).join(' / ')} |`,
  );
}
