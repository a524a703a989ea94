// npm run bench:prefetch: how long clients wait for metadata and for a small cached file, without a job and while a job caches large files, with and without
// a limit of its bandwidth.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { freePort, startHub } from './processes.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const FILES = 20;
const FILE_BYTES = Number(process.env.BENCH_BYTES ?? 100_000_000);
const LIMIT = 20_000_000;
const COMMIT = 'a'.repeat(40);
const TOKEN = 'the-admin-token-of-the-benchmark';
const JSON_TYPE = { 'content-type': 'application/json' };

const piece = Buffer.alloc(1_000_000, 7);
const digestOf = (bytes) => {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes; at += piece.length) hash.update(piece.subarray(0, Math.min(piece.length, bytes - at)));
  return hash.digest('hex');
};
/** All files have different sizes, because the cache stores equal ones once. */
const files = new Map(
  Array.from({ length: FILES }, (_, n) => [`${n}.bin`, n === 0 ? 10_000 : FILE_BYTES + n]).map(([name, size]) => [
    name,
    { size, sha256: digestOf(size) },
  ]),
);

function send(response, size) {
  let left = size;
  const more = () => {
    while (left > 0) {
      const part = piece.subarray(0, Math.min(left, piece.length));
      left -= part.length;
      if (!response.write(part)) return response.once('drain', more);
    }
    response.end();
  };
  more();
}

const port = await freePort();
const source = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://source');
  if (pathname.startsWith('/api/')) {
    const entries = [...files].map(([path, { size, sha256 }]) => ({
      type: 'file',
      path,
      size,
      oid: COMMIT,
      lfs: { oid: sha256, size },
    }));
    response.writeHead(200, JSON_TYPE);
    return response.end(
      JSON.stringify(pathname.includes('/tree/') ? entries : { id: 'o/r', sha: COMMIT, siblings: [] }),
    );
  }
  const { size, sha256 } = files.get(pathname.split('/').at(-1));
  const etag = `"${sha256}"`;
  response.writeHead(200, {
    'x-repo-commit': COMMIT,
    etag,
    'x-linked-etag': etag,
    'x-linked-size': size,
    'content-length': size,
  });
  return request.method === 'HEAD' ? response.end() : send(response, size);
}).listen(port, '127.0.0.1');

const hub = await startHub(
  [{ name: 'S', url: `http://127.0.0.1:${port}`, source_type: 'huggingface', delivery: 'cache' }],
  {
    KOHAKU_HUB_ADMIN_SECRET_TOKEN: TOKEN,
  },
);
const admin = async (method, path, body) => {
  const headers = { 'x-admin-token': TOKEN, ...JSON_TYPE };
  const response = await fetch(`${hub.url}/admin/api${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
};

/** Sends requests one after the other, and prints how long they took. */
async function measure(name) {
  const times = { info: [], file: [] };
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end)
    for (const [kind, path] of [
      ['info', `/api/models/o/r/revision/${COMMIT}`],
      ['file', `/o/r/resolve/${COMMIT}/0.bin`],
    ]) {
      const started = performance.now();
      const response = await fetch(hub.url + path);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      times[kind].push(performance.now() - started);
    }
  const at = (list, share) => [...list].sort((a, b) => a - b)[Math.floor(list.length * share)].toFixed(1);
  const cells = Object.values(times).flatMap((list) => [at(list, 0.5), at(list, 0.99)]);
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

try {
  await measure('(warm-up)');
  console.log(
    '| clients wait, ms | info p50 | info p99 | cached file p50 | cached file p99 |\n| --- | --- | --- | --- | --- |',
  );
  await measure('no job');
  for (const [name, limit] of [
    [`while a job caches ${LIMIT / 1_000_000} MB/s`, LIMIT],
    ['while a job caches without a limit', null],
  ]) {
    const repos = [{ type: 'model', id: 'o/r' }];
    const { id } = await admin('POST', '/prefetch', { repos, max_bytes_per_second: limit });
    while ((await admin('GET', `/prefetch/${id}`)).state === 'waiting')
      await new Promise((resolve) => setTimeout(resolve, 200));
    await measure(name);
    const job = await admin('GET', `/prefetch/${id}`);
    console.log(
      `  (${job.state}, ${Math.round(job.bytes_done / 1_000_000)} of ${Math.round(job.bytes_total / 1_000_000)} MB)`,
    );
    if (job.state === 'running') await admin('DELETE', `/prefetch/${id}`);
  }
} finally {
  await hub.stop();
  source.close();
}
