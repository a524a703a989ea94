// npm run bench: compares the hub with a bare pass-through of node:http and undici in the same run.
import { cpus } from 'node:os';
import { request } from 'undici';
import { load, median } from './load.mjs';
import { residentMb, start, startHub } from './processes.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const WARM_UP_SECONDS = 3;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);

const file = '/o/r/resolve/main/a';
const CASES = [
  { name: 'info, warm', goal: 0.8, hub: { method: 'GET', path: '/api/models/o/r', status: 200 } },
  { name: 'HEAD resolve, warm', goal: 0.8, hub: { method: 'HEAD', path: file, status: 200 } },
  {
    name: 'GET resolve, bound (302)',
    goal: 0.5,
    hub: { method: 'GET', path: file, status: 302 },
    bare: { path: '/redirect', status: 302 },
  },
  {
    name: 'local 404',
    hub: { method: 'GET', path: '/api/models/o/none?fallback=false', status: 404 },
    bare: { path: '/missing', status: 404 },
  },
];

const upstream = await start('upstream.mjs');
const bare = await start('bare.mjs', upstream.url);
const hub = await startHub([{ name: 'up', url: upstream.url, source_type: 'huggingface', priority: 1 }]);
await request(`${hub.url}/api/models/o/r`).then(({ body }) => body.dump());
const restMb = residentMb(hub.pid);

console.log(
  `Node ${process.version}, ${cpus().length} cores, medians of ${ROUNDS} rounds of ${SECONDS} s; ratio = hub / bare in the same round`,
);
console.log(
  '| case | c | hub rps | bare rps | ratio | goal | hub p50 / p99 ms | bare p50 / p99 ms | CPU µs hub / bare |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const { name, goal, hub: target, bare: bareTarget = {} } of CASES)
  for (const connections of [1, 32]) {
    // The warm-up ensures that compilation is not measured.
    await load({ url: hub.url, ...target }, hub.pid, connections, WARM_UP_SECONDS);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push({
        bare: await load({ url: bare.url, ...target, ...bareTarget }, bare.pid, connections, SECONDS),
        hub: await load({ url: hub.url, ...target }, hub.pid, connections, SECONDS),
      });
    const mid = (of) => median(rounds.map(of));
    const ms = (side) => `${mid((r) => r[side].p50).toFixed(2)} / ${mid((r) => r[side].p99).toFixed(2)}`;
    const cells = [
      name,
      connections,
      Math.round(mid((r) => r.hub.rps)),
      Math.round(mid((r) => r.bare.rps)),
      mid((r) => r.hub.rps / r.bare.rps).toFixed(2),
      goal ?? '',
      ms('hub'),
      ms('bare'),
      `${Math.round(mid((r) => r.hub.cpu))} / ${Math.round(mid((r) => r.bare.cpu))}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
console.log(`Resident memory of the hub: ${restMb} MB at rest, ${residentMb(hub.pid)} MB after the load.`);
await hub.stop();

console.log(
  '\nA cold repository that none of three sources has, each responding after 100 ms, with one client, once the sources are known (goal: 1.6):',
);
const slow = await Promise.all([1, 2, 3].map(() => start('upstream.mjs', '100')));
const sources = slow.map(({ url }, n) => ({ name: `slow-${n}`, url, source_type: 'huggingface', priority: n + 1 }));
for (const hedge of ['250', '10']) {
  const three = await startHub(sources, { KOHAKU_HUB_FALLBACK_HEDGE_MS: hedge, KOHAKU_HUB_FALLBACK_NEGATIVE_TTL: '0' });
  const times = [];
  for (let n = 0; n < 20; n++) {
    const started = performance.now();
    await request(`${three.url}/api/models/none/m${n}`).then(({ body }) => body.dump());
    if (n >= 10) times.push(performance.now() - started);
  }
  console.log(
    `hedge at most ${hedge} ms: ${median(times).toFixed(0)} ms, ${(median(times) / 100).toFixed(2)} × the slowest source`,
  );
  await three.stop();
}
for (const server of [upstream, bare, ...slow]) server.stop();
