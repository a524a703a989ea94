// Cached profiles compared with a bare pass-through of the source's: `npm run -s build && node bench/profiles.mjs`.
import { createServer } from 'node:http';
import { load, median } from './load.mjs';
import { freePort, start, startHub } from './processes.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);

/** A source with one user with an avatar. */
async function source() {
  const port = await freePort();
  const user = JSON.stringify({
    _id: '5dd96eb166059660ed1ee413',
    user: 'someone',
    fullname: 'Some One',
    type: 'user',
    isPro: true,
    avatarUrl: '/avatars/someone.svg',
    createdAt: '2019-11-23T17:38:25.000Z',
    orgs: [],
    numModels: 50,
  });
  const avatar =
    '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256"/></svg>';
  const server = createServer((request, response) => {
    const [type, body] = request.url.startsWith('/avatars/') ? ['image/svg+xml', avatar] : ['application/json', user];
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const upstream = await source();
const bare = await start('bare.mjs', upstream.url);
const hub = await startHub([{ name: 'Source', url: upstream.url, source_type: 'huggingface' }]);
const overview = '/api/users/someone/overview';
try {
  console.log('| case | c | hub rps | bare rps | ratio | hub p50 / p99 ms | bare p50 / p99 ms |');
  console.log('|---|---|---|---|---|---|---|');
  for (const [name, path] of Object.entries({
    profile: '/api/users/someone/profile',
    overview,
    avatar: '/api/users/someone/avatar',
  }))
    for (const connections of [1, 32]) {
      const request = { method: 'GET', path, status: 200 };
      await load({ url: hub.url, ...request }, hub.pid, connections, 1);
      const rounds = [];
      for (let round = 0; round < ROUNDS; round++)
        rounds.push({
          bare: await load({ url: bare.url, ...request, path: overview }, bare.pid, connections, SECONDS),
          hub: await load({ url: hub.url, ...request }, hub.pid, connections, SECONDS),
        });
      const mid = (of) => median(rounds.map(of));
      const ms = (side) => `${mid((r) => r[side].p50).toFixed(2)} / ${mid((r) => r[side].p99).toFixed(2)}`;
      const rps = (side) => Math.round(mid((r) => r[side].rps));
      const ratio = mid((r) => r.hub.rps / r.bare.rps).toFixed(2);
      console.log(`| ${[name, connections, rps('hub'), rps('bare'), ratio, ms('hub'), ms('bare')].join(' | ')} |`);
    }
} finally {
  await hub.stop();
  bare.stop();
  upstream.close();
}
