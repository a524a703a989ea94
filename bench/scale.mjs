// npm run bench:scale: latency of the admin pages and the public lists with 20,000 repositories, compared with 200, on a PostgreSQL server (if one is
// installed) and with the embedded database. Both hubs run at once and are requested in turn, so that other load affects them equally.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openPGlite } from '../dist/src/platform/database/open-pglite.js';
import { postgresBinaries, PostgresServer } from '../test/support/postgres-server.ts';
import { median } from './load.mjs';
import { startHub } from './processes.mjs';
import { seed } from './scale-seed.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);
const SMALL = 200;
const LARGE = Number(process.env.BENCH_REPOSITORIES ?? 20_000);
const MAX_RATIO = 2.5;
const TOKEN = 'the-admin-token-of-a-benchmark';
const SECRETS = { KOHAKU_HUB_ADMIN_SECRET_TOKEN: TOKEN, KOHAKU_HUB_SECRET_KEY: 'the-key-of-a-benchmark' };
const HEADERS = { 'x-admin-token': TOKEN };
const ADMIN = '/admin/api';
const PAGES = {
  accounts: `${ADMIN}/accounts?limit=25`,
  'accounts: deep page': [`${ADMIN}/accounts?limit=25`, 'accounts'],
  'accounts: search': `${ADMIN}/accounts?limit=25&search=user-7`,
  'accounts: organizations': `${ADMIN}/accounts?limit=25&kind=organization`,
  'accounts: names of sources': `${ADMIN}/accounts?limit=25&name_state=shadows`,
  'an account with many repositories': `${ADMIN}/accounts/big`,
  repositories: `${ADMIN}/repositories?limit=25`,
  'repositories: deep page': [`${ADMIN}/repositories?limit=25`, 'repositories'],
  'repositories: recently updated': `${ADMIN}/repositories?limit=25&sort=updated`,
  'repositories: recently updated, deep page': [`${ADMIN}/repositories?limit=25&sort=updated`, 'repositories'],
  'repositories: largest': `${ADMIN}/repositories?limit=25&sort=size`,
  'repositories: largest, deep page': [`${ADMIN}/repositories?limit=25&sort=size`, 'repositories'],
  'repositories: search': `${ADMIN}/repositories?limit=25&search=user-7/repo`,
  'repositories: search that many match': `${ADMIN}/repositories?limit=25&search=repo`,
  'repositories: search without results': `${ADMIN}/repositories?limit=25&search=missing`,
  'repositories: spaces': `${ADMIN}/repositories?limit=25&type=space`,
  'repositories: disabled': `${ADMIN}/repositories?limit=25&disabled=true`,
  'repositories: names of sources': `${ADMIN}/repositories?limit=25&name_state=shadows`,
  'repositories: of one owner': `${ADMIN}/repositories?limit=25&owner=user-7`,
  storage: `${ADMIN}/storage`,
  'name checks': `${ADMIN}/name-checks`,
  overview: `${ADMIN}/metrics/summary`,
  cache: `${ADMIN}/fallback-sources/cache/stats`,
  sources: `${ADMIN}/fallback-sources`,
  'health of sources': `${ADMIN}/fallback-sources/health`,
  metrics: '/metrics',
  'models, by last change': '/api/models?limit=25&fallback=false',
  'models, by downloads': '/api/models?limit=25&sort=downloads&fallback=false',
  'models, by id': '/api/models?limit=25&sort=id&direction=1&fallback=false',
  'models: deep page': ['/api/models?limit=25&sort=id&direction=1&fallback=false', undefined],
  'models: search': '/api/models?limit=25&search=repo-17&fallback=false',
  'models of a user': '/api/models?limit=25&author=user-7&fallback=false',
  'models of an account with many': '/api/models?limit=25&author=big&fallback=false',
  'repositories of a user': '/api/users/user-7/repos?fallback=false',
  datasets: '/api/datasets?limit=25&fallback=false',
  spaces: '/api/spaces?limit=25&fallback=false',
};

async function read(url) {
  const response = await fetch(url, { headers: HEADERS });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${url} returned ${response.status}: ${body.slice(0, 200)}`);
  return { response, body };
}

/** The address of a page at the end of a list: the last but one, which is full. */
async function deepPage(hub, [path, field]) {
  const first = hub.url + (field ? path.replace('limit=25', 'limit=500') : path); // cursors of public lists include the limit
  for (let [address, before] = [first, first]; ;) {
    const { response, body } = await read(address);
    const cursor = field ? JSON.parse(body).next : null;
    const link = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1];
    const next = cursor === null ? link : `${first}&cursor=${encodeURIComponent(cursor)}`;
    if (next === undefined) return before.replace('limit=500', 'limit=25');
    [before, address] = [address, next];
  }
}

/** A hub with this number of repositories. Their rows are added while it is stopped. */
async function hubWith(count, server) {
  const folder = await mkdtemp(join(tmpdir(), 'hubfall-bench-'));
  const databaseUrl = await server?.newDatabase();
  const env = {
    ...SECRETS,
    KOHAKU_HUB_DATA_DIR: folder,
    KOHAKU_HUB_NAMESPACE_GUARD: 'off',
    ...(databaseUrl ? { KOHAKU_HUB_DATABASE_URL: databaseUrl } : {}),
  };
  const migrated = await startHub([], env);
  await migrated.stop({ keep: true });
  const Pool = databaseUrl ? pg.Pool : (await openPGlite(folder)).Pool;
  const pool = new Pool(databaseUrl ? { connectionString: databaseUrl } : undefined);
  await seed(pool, count);
  await pool.end();
  const hub = await startHub([], env);
  return { ...hub, stop: () => hub.stop().then(() => rm(folder, { recursive: true, force: true })) };
}

async function measure(title, server) {
  const hubs = { small: await hubWith(SMALL, server), large: await hubWith(LARGE, server) };
  try {
    console.log(`\n${title}\n\n| page | ${SMALL} ms | ${LARGE} ms | ratio |\n| --- | --- | --- | --- |`);
    const tooSlow = [];
    for (const [page, path] of Object.entries(PAGES)) {
      const addresses = {};
      for (const [size, hub] of Object.entries(hubs))
        addresses[size] = Array.isArray(path) ? await deepPage(hub, path) : hub.url + path;
      const times = { small: [], large: [] };
      for (let round = -3; round < ROUNDS; round++) {
        for (const size of round % 2 === 0 ? ['small', 'large'] : ['large', 'small']) {
          const started = performance.now();
          await read(addresses[size]);
          if (round >= 0) times[size].push(performance.now() - started); // the first rounds are a warm-up
        }
      }
      const [small, large] = [median(times.small), median(times.large)];
      if (large / small > MAX_RATIO) tooSlow.push(page);
      console.log(`| ${page} | ${small.toFixed(1)} | ${large.toFixed(1)} | ${(large / small).toFixed(2)} |`);
    }
    console.log(
      tooSlow.length === 0
        ? `\nAll ratios are at most ${MAX_RATIO}.`
        : `\nMore than ${MAX_RATIO}: ${tooSlow.join(', ')}`,
    );
    if (tooSlow.length > 0) process.exitCode = 1;
  } finally {
    for (const hub of Object.values(hubs)) await hub.stop();
  }
}

console.log(`Node ${process.version}, ${cpus().length} cores, medians of ${ROUNDS} requests`);
const server = postgresBinaries() && (await PostgresServer.start());
try {
  if (server) await measure('PostgreSQL server', server);
  else console.log('No PostgreSQL is installed: its table is missing.');
  await measure('Embedded database', undefined);
} finally {
  await server?.stop();
}
