// node --import ./test/support/typescript-hooks.mjs bench/cache-crash.mjs: three replicas on PostgreSQL, Redis and S3 cache files while they are killed (kill -9) at
// random moments: one of them, or all. Clients resume their downloads. Every file must be right, and nothing may be left over.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { ClusterServices } from '../test/support/cluster-services.ts';
import { HubProcess } from '../test/support/hub-process.ts';

const KILLS = Number(process.env.BENCH_KILLS ?? 50);
const BYTES = Number(process.env.BENCH_BYTES ?? 40_000_000);
const REPLICAS = 3;
/** The source sends a piece of this size every few milliseconds, so that a file takes about a second. */
const PIECE = 500_000;
const PIECE_MS = 10;
const COMMIT = 'a'.repeat(40);

const base = Buffer.alloc(BYTES);
for (let at = 0; at + 4 <= BYTES; at += 4) base.writeUInt32LE((at * 2654435761) % 2 ** 32, at);
const contentOf = (name) => {
  const content = Buffer.from(base);
  content.write(name);
  return content;
};
const digestOf = (content) => createHash('sha256').update(content).digest('hex');

let sent = 0;
const source = createServer(async (request, response) => {
  if (request.url.startsWith('/api/')) {
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ id: 'o/r', sha: COMMIT, siblings: [] }));
  }
  const content = contentOf(request.url.split('/').at(-1));
  const etag = `"${digestOf(content)}"`;
  const [, first, last] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
  const start = Number(first ?? 0);
  const bytes = content.subarray(start, last ? Number(last) + 1 : BYTES);
  response.writeHead(first === undefined ? 200 : 206, {
    'x-repo-commit': COMMIT,
    etag,
    'x-linked-etag': etag,
    'x-linked-size': BYTES,
    'content-length': bytes.length,
    ...(first !== undefined && { 'content-range': `bytes ${start}-${start + bytes.length - 1}/${BYTES}` }),
  });
  if (request.method === 'HEAD') return response.end();
  for (let at = 0; at < bytes.length && !response.destroyed; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    response.write(piece);
    sent += piece.length;
    await wait(PIECE_MS);
  }
  return response.end();
}).listen(0, '127.0.0.1');
await new Promise((resolve) => source.once('listening', resolve));

const services = await ClusterServices.start();
const sources = [
  { name: 'S', url: `http://127.0.0.1:${source.address().port}`, source_type: 'huggingface', delivery: 'cache' },
];
const env = {
  ...services.env,
  KOHAKU_HUB_DATABASE_URL: await services.postgres.newDatabase(),
  KOHAKU_HUB_SECRET_KEY: 'the-key-that-all-replicas-share-0123456789',
  KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
  KOHAKU_HUB_NAMESPACE_GUARD: 'off',
};
const launch = () => HubProcess.start({ sources, env });
const replicas = [await launch()];
replicas.push(...(await Promise.all(Array.from({ length: REPLICAS - 1 }, launch))));

let broken = 0;
/** Downloads a file as a client that resumes, from any replica. */
async function download(name, first) {
  const hash = createHash('sha256');
  let at = 0;
  for (let attempt = first; at < BYTES; attempt++) {
    try {
      const { url } = replicas[attempt % REPLICAS];
      const headers = at === 0 ? {} : { range: `bytes=${at}-` };
      const response = await fetch(`${url}/o/r/resolve/main/${name}`, { headers });
      if (response.status !== (at === 0 ? 200 : 206)) throw new Error(`status ${response.status}`);
      for await (const piece of response.body) {
        hash.update(piece);
        at += piece.length;
      }
    } catch {
      broken += 1;
      await wait(200);
    }
  }
  return hash.digest('hex');
}

const wrong = [];
const kill = async (index) => {
  await replicas[index].kill();
  replicas[index] = await launch();
};
for (let n = 0; n < KILLS; n++) {
  const name = `file-${n}`;
  const readers = Array.from({ length: REPLICAS }, (_, at) => download(name, at));
  await wait(Math.random() * 1500);
  const isAll = n % 5 === 4;
  await Promise.all(isAll ? replicas.map((_, index) => kill(index)) : [kill(n % REPLICAS)]);
  const expected = digestOf(contentOf(name));
  for (const digest of await Promise.all(readers)) if (digest !== expected) wrong.push(name);
  console.log(
    `${n + 1}: killed ${isAll ? 'all' : 'one'}; source sent ${(sent / BYTES / (n + 1)).toFixed(2)} × the bytes`,
  );
}
// every file is complete, also those whose clients were faster than the last block
for (let n = 0; n < KILLS; n++)
  if ((await download(`file-${n}`, n)) !== digestOf(contentOf(`file-${n}`))) wrong.push(`file-${n}, later`);
await wait(3000);
const database = new pg.Client(env.KOHAKU_HUB_DATABASE_URL);
await database.connect();
const { rows } = await database.query(
  `SELECT count(*)::int AS files, (count(*) FILTER (WHERE is_published))::int AS published, sum(bytes)::float8 AS sum,
     (SELECT bytes::float8 FROM content_cache_usage) AS counted, (SELECT count(*)::int FROM held_blocks) AS blocks
   FROM held_contents`,
);
await database.end();
console.log({ kills: KILLS, wrong, broken, ratio: sent / BYTES / KILLS, ...rows[0], expected: KILLS * BYTES });
await Promise.all(replicas.map((replica) => replica.close()));
await services.stop();
source.close();
process.exit(wrong.length === 0 && rows[0].published === KILLS && rows[0].sum === rows[0].counted ? 0 : 1);
