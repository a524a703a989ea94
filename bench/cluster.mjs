// Throughput of 1, 2 and 3 replicas behind nginx, with PostgreSQL and Redis, in one run: `npm run bench:cluster`.
// With PEER_URL, another hub with the same repository and source is measured in the same run:
//   PEER_URL=http://localhost:48888 npm run bench:cluster
// Load generator, source and replicas share the cores of this machine: with more replicas than cores, this measures only their cost.
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubCluster } from '../test/support/hub-cluster.ts';
import { registerUser } from '../test/support/register-user.ts';
import { PostgresServer } from '../test/support/postgres-server.ts';
import { RedisServer } from '../test/support/redis-server.ts';
import { load } from './load.mjs';
import { start } from './processes.mjs';

const CONNECTIONS = 32;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const OWN = 'bench/own';

const REQUESTS = [
  { name: 'own info', method: 'GET', path: `/api/models/${OWN}`, status: 200 },
  { name: 'own file', method: 'GET', path: `/${OWN}/resolve/main/README.md`, status: 200 },
  { name: 'bound GET', method: 'GET', path: '/openai-community/gpt2/resolve/main/config.json', status: 302 },
  { name: 'info through', method: 'GET', path: '/api/models/openai-community/gpt2', status: 200 },
];

async function fill(url) {
  const token = await registerUser(url, 'bench');
  const headers = { authorization: `Bearer ${token}` };
  const wish = JSON.stringify({ type: 'model', name: 'own' });
  await fetch(`${url}/api/repos/create`, {
    method: 'POST',
    body: wish,
    headers: { ...headers, 'content-type': 'application/json' },
  });
  const content = Buffer.from('# Own\n').toString('base64');
  const lines = [
    { key: 'header', value: { summary: 'Add the card' } },
    { key: 'file', value: { path: 'README.md', content, encoding: 'base64' } },
  ];
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const answer = await fetch(`${url}/api/models/${OWN}/commit/main`, {
    method: 'POST',
    body,
    headers: { ...headers, 'content-type': 'application/x-ndjson' },
  });
  if (!answer.ok) throw new Error(`filling: ${answer.status} ${await answer.text()}`);
}

const measure = async (url) => {
  const rates = {};
  for (const { name, ...request } of REQUESTS)
    rates[name] = (await load({ url, ...request }, process.pid, CONNECTIONS, SECONDS)).rps;
  return rates;
};

const upstream = await start('upstream.mjs');
const [postgres, redis] = await Promise.all([PostgresServer.start(), RedisServer.start()]);
const dataDir = await mkdtemp(join(tmpdir(), 'hubfall-cluster-'));
const rows = [];
try {
  const env = {
    KOHAKU_HUB_DATABASE_URL: await postgres.newDatabase(),
    KOHAKU_HUB_REDIS_URL: redis.url,
    KOHAKU_HUB_NAMESPACE_GUARD: 'off', // the source has almost every repository
  };
  const sources = [{ name: 'Source', url: upstream.url, source_type: 'huggingface', priority: 1 }];
  const cluster = await HubCluster.start({ replicas: 1, sources, env, dataDir });
  try {
    await fill(cluster.url);
    for (let replicas = 1; replicas <= 3; replicas++) {
      if (replicas > 1) await cluster.addReplica();
      rows.push([`${replicas} replica${replicas > 1 ? 's' : ''}`, await measure(cluster.url)]);
    }
  } finally {
    await cluster.close();
  }
  if (process.env.PEER_URL) rows.push(['peer', await measure(process.env.PEER_URL)]);
} finally {
  upstream.stop();
  await Promise.all([postgres.stop(), redis.kill(), rm(dataDir, { recursive: true, force: true })]);
}

const [[, baseline]] = rows;
console.log(
  `${CONNECTIONS} connections, ${availableParallelism()} cores; requests per second, and the ratio to one replica`,
);
for (const [name, rates] of rows)
  console.log(
    name.padEnd(11),
    ...REQUESTS.map(({ name: request }) => {
      const rate = rates[request];
      return `${request}: ${rate.toFixed(0)} (${(rate / baseline[request]).toFixed(2)})`.padEnd(26);
    }),
  );
