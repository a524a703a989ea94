// The memory of the hub, and the latency of others, while clients do not read, do not finish their bodies, or send nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { BadClients, createAccount, WITH_ADDRESSES } from './bad-clients.mjs';
import { load } from './load.mjs';
import { residentMb, start, startHub } from './processes.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const SETTLE_MS = 6000;
/** The default in a container of 1 GiB. */
const SMALL_CONTAINER = { KOHAKU_HUB_BODY_MEMORY: String(128 * 1024 * 1024) };
const BODY = Buffer.alloc(7_900_000);

/** Spreads clients over networks, because a client that has its share is refused. */
const addressOf = (n, addresses) => `198.51.100.${n % addresses}`;

const CASES = [
  [
    '2,000 slow readers, one address',
    2000,
    (clients) => clients.download('/o/r/resolve/main/big.bin', addressOf(0, 1)),
  ],
  [
    '2,000 slow readers, 100 addresses',
    2000,
    (clients, n) => clients.download('/o/r/resolve/main/big.bin', addressOf(n, 100)),
  ],
  [
    '500 stalled bodies of 8 MB, one address',
    500,
    (clients) => clients.upload('/ann/m.git/git-upload-pack', addressOf(0, 1), BODY, 8_000_000),
  ],
  [
    '500 stalled bodies of 8 MB, 100 addresses',
    500,
    (clients, n) => clients.upload('/ann/m.git/git-upload-pack', addressOf(n, 100), BODY, 8_000_000),
  ],
  ['200 silent connections', 200, (clients) => clients.connect()],
];

const source = await start('endless-upstream.mjs');
const settings = { name: 'A', url: source.url, source_type: 'huggingface', delivery: 'proxy' };
const hub = await startHub([settings], { ...WITH_ADDRESSES, ...SMALL_CONTAINER });
await createAccount(hub.url, 'ann');
const info = { url: hub.url, method: 'GET', path: '/api/models/ann/m', status: 200 };

console.log(
  '| case | admitted | refused | memory MB before | peak | local info p50 / p99 ms before | during | p99 ratio |',
);
console.log('|---|---|---|---|---|---|---|---|');
for (const [name, count, open] of CASES) {
  const memory = residentMb(hub.pid);
  const before = await load(info, hub.pid, 1, SECONDS);
  const clients = new BadClients(hub.url);
  let peak = memory;
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(hub.pid))), 50);
  for (let n = 0; n < count; n += 1) open(clients, n);
  await sleep(SETTLE_MS);
  const during = await load(info, hub.pid, 1, SECONDS);
  clearInterval(timer);
  const latency = ({ p50, p99 }) => `${p50.toFixed(2)} / ${p99.toFixed(2)}`;
  const ratio = (during.p99 / before.p99).toFixed(2);
  console.log(
    `| ${name} | ${clients.admitted} | ${clients.refused} | ${memory} | ${peak} | ${latency(before)} | ${latency(during)} | ${ratio} |`,
  );
  clients.close();
  await sleep(SETTLE_MS);
}
await hub.stop();
source.stop();
