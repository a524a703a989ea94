// Ten minutes at 80 % of the capacity of a cluster: memory and sockets must not grow, and bindings must be limited. `npm run bench:soak`
// SOAK_MINUTES sets the duration. The load is a mix of bound and unbound names, local files, lists and commits.
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { HubCluster } from '../test/support/hub-cluster.ts';
import { registerUser } from '../test/support/register-user.ts';
import { PostgresServer } from '../test/support/postgres-server.ts';
import { RedisServer } from '../test/support/redis-server.ts';
import { INSPECTED, liveHeapMb } from './live-heap.mjs';
import { residentMb, start } from './processes.mjs';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 10);
const REPLICAS = 2;
const CONNECTIONS = 16;
const BINDINGS = 500;
const NAMES = 3 * BINDINGS; // more than the cache holds
const SHARE = 0.8;
/** Fills the tree caches of both replicas (64 MB each) first, so that their growth does not look like a leak. */
const COMMITS = Number(process.env.SOAK_COMMITS ?? 14_000);

const sockets = (pid) => readdirSync(`/proc/${pid}/fd`).length;
const pick = (n) => Math.floor(Math.random() * n);

/** Adds or replaces one of 50 files. */
function commit(token) {
  const content = Buffer.from(`${Math.random()}`).toString('base64');
  const lines = [
    { key: 'header', value: { summary: 'Soak' } },
    { key: 'file', value: { path: `${pick(50)}.txt`, content, encoding: 'base64' } },
  ];
  return {
    method: 'POST',
    path: '/api/models/soak/own/commit/main',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  };
}

/** Commits until the caches are full. */
async function fill(pool, token) {
  let left = COMMITS;
  const work = async () => {
    while (left-- > 0) {
      const { statusCode, body } = await pool.request({ reset: false, ...commit(token) });
      await body.dump();
      if (statusCode !== 200) throw new Error(`A commit returned ${statusCode}`);
    }
  };
  await Promise.all([work(), work()]);
}

/** One request of the mix. */
function randomRequest(token) {
  const name = `far/model-${pick(NAMES)}`;
  const dice = pick(100);
  if (dice < 40) return { method: 'GET', path: `/api/models/${name}` };
  if (dice < 70) return { method: 'GET', path: `/${name}/resolve/main/config.json` };
  if (dice < 85) return { method: 'GET', path: '/soak/own/resolve/main/.gitattributes' };
  if (dice < 95) return { method: 'GET', path: '/api/models?limit=20&fallback=false' };
  if (dice < 98) return { method: 'GET', path: `/api/models/none/model-${pick(NAMES)}` };
  return commit(token);
}

/** Sends requests for a number of seconds, with `rate` at most that many per second. */
async function run(pool, token, seconds, rate = Infinity) {
  const [started, until] = [performance.now(), performance.now() + seconds * 1000];
  const counts = { done: 0, failed: 0 };
  const work = async () => {
    while (performance.now() < until) {
      const early = (counts.done / rate) * 1000 - (performance.now() - started);
      if (early > 1) await wait(early);
      counts.done += 1;
      const { statusCode, body } = await pool.request({ reset: false, ...randomRequest(token) });
      await body.dump();
      if (statusCode >= 500 || statusCode === 429) counts.failed += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return { ...counts, rate: counts.done / seconds };
}

const upstream = await start('upstream.mjs');
const [postgres, redis] = await Promise.all([PostgresServer.start(), RedisServer.start()]);
const dataDir = await mkdtemp(join(tmpdir(), 'hubfall-soak-'));
try {
  const env = {
    KOHAKU_HUB_DATABASE_URL: await postgres.newDatabase(),
    KOHAKU_HUB_REDIS_URL: redis.url,
    KOHAKU_HUB_NAMESPACE_GUARD: 'off', // the source has almost every repository
    KOHAKU_HUB_FALLBACK_CACHE_MAX_SIZE: String(BINDINGS),
    ...INSPECTED,
  };
  const sources = [{ name: 'Source', url: upstream.url, source_type: 'huggingface', priority: 1 }];
  const cluster = await HubCluster.start({ replicas: REPLICAS, sources, env, dataDir });
  const pool = new Pool(cluster.url, { connections: CONNECTIONS, pipelining: 1 });
  try {
    const token = await registerUser(cluster.url, 'soak');
    await fetch(`${cluster.url}/api/repos/create`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'model', name: 'own' }),
    });
    await fill(pool, token);
    const { rate } = await run(pool, token, 15);
    console.log(
      `capacity: ${rate.toFixed(0)} requests/s over ${REPLICAS} replicas; ${MINUTES} minutes at ${SHARE * 100}  % of that`,
    );
    for (let minute = 1; minute <= MINUTES; minute++) {
      const { failed, rate: sustained } = await run(pool, token, 60, rate * SHARE);
      const stats = await fetch(`${cluster.url}/admin/api/fallback-sources/cache/stats`, {
        headers: { 'x-admin-token': cluster.adminToken },
      }).then((answer) => answer.json());
      const live = await Promise.all(cluster.replicas.map(({ output }) => liveHeapMb(output)));
      const of = (measure, unit) => cluster.replicas.map(({ pid }) => `${measure(pid)}${unit}`).join(' ');
      console.log(
        `minute ${String(minute).padStart(2)}: ${sustained.toFixed(0)}/s, ${failed} failed;`,
        `memory ${of(residentMb, ' MB')}, live heap ${live.join(' MB ')} MB; open files ${of(sockets, '')}; bindings ${stats.size} of ${stats.maxsize}`,
      );
    }
  } finally {
    await pool.close();
    await cluster.close();
  }
} finally {
  upstream.stop();
  await Promise.all([postgres.stop(), redis.kill(), rm(dataDir, { recursive: true, force: true })]);
}
