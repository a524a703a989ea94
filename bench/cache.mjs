// npm run bench:cache: downloads of a large file that this hub has, its own one and one of the content cache, and the first download, which fills the
// cache. Compared with a bare node:http server with createReadStream, in the same run. curl reads, so that the reader costs little.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentMb, start, startHub } from './processes.mjs';

const BYTES = Number(process.env.BENCH_BYTES ?? 1_000_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const STREAMS = [1, 8];
const PIECE = 1_000_000;
const MB = 1_000_000;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Reads a URL as a whole, several times at once, and returns the MB/s of all together. */
async function read(url, streams) {
  const started = performance.now();
  const download = () =>
    new Promise((resolve, reject) => {
      const curl = spawn('curl', ['-sSf', '-o', '/dev/null', url], { stdio: 'inherit' });
      curl.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`curl failed for ${url}`))));
    });
  await Promise.all(Array.from({ length: streams }, download));
  return (streams * BYTES) / MB / ((performance.now() - started) / 1000);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Creates the file, which differs in each round. */
async function write(path, round) {
  const file = await open(path, 'w');
  const hash = createHash('sha256');
  const piece = Buffer.from(Array.from({ length: PIECE }, (_, at) => (at * 7919) % 251));
  piece.writeUInt32LE(round);
  for (let sent = 0; sent < BYTES; sent += PIECE) {
    hash.update(piece);
    await file.write(piece);
  }
  await file.close();
  return hash.digest('hex');
}

/** Uploads the file to a repository of the hub. */
async function upload(hub, path, sha256) {
  const send = async (url, body, headers = {}) => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { ...JSON_TYPE, ...headers } };
    const response = await fetch(hub.url + url, init);
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return response;
  };
  const account = { username: 'alice', password: 'correct horse battery' };
  await send('/api/auth/register', account);
  const cookie = (await send('/api/auth/login', account)).headers.get('set-cookie').split(';')[0];
  const { token } = await (await send('/api/auth/tokens/create', { name: 'bench' }, { cookie })).json();
  const auth = { authorization: `Bearer ${token}` };
  await send('/api/repos/create', { type: 'model', name: 'large' }, auth);
  const object = { oid: sha256, size: BYTES };
  const lfs = { ...auth, 'content-type': 'application/vnd.git-lfs+json' };
  const batch = await send(
    '/alice/large.git/info/lfs/objects/batch',
    { operation: 'upload', transfers: ['basic'], objects: [object] },
    lfs,
  );
  const { href, header = {} } = (await batch.json()).objects[0].actions.upload;
  const put = await fetch(href, {
    method: 'PUT',
    body: createReadStream(path),
    duplex: 'half',
    headers: { ...header, 'content-length': BYTES },
  });
  if (!put.ok) throw new Error(`Upload: ${put.status} ${await put.text()}`);
  const lines = [
    { key: 'header', value: { summary: 'add' } },
    { key: 'lfsFile', value: { path: 'large.bin', algo: 'sha256', ...object } },
  ];
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  const commit = await fetch(`${hub.url}/api/models/alice/large/commit/main`, {
    method: 'POST',
    body,
    headers: { ...auth, 'content-type': 'application/x-ndjson' },
  });
  if (!commit.ok) throw new Error(`Commit: ${commit.status} ${await commit.text()}`);
}

const folder = await mkdtemp(join(tmpdir(), 'hubfall-cache-'));
const path = join(folder, 'file');
const figures = { cold: [], source: [], held: {}, own: {}, bare: {} };
let peakMb = 0;
try {
  for (let round = 0; round < ROUNDS; round++) {
    const sha256 = await write(path, round);
    const source = await start('cache-source.mjs', path, sha256);
    const hub = await startHub([{ name: 'S', url: source.url, source_type: 'huggingface', delivery: 'cache' }], {
      KOHAKU_HUB_NAMESPACE_GUARD: 'off',
    });
    const sampling = setInterval(() => (peakMb = Math.max(peakMb, residentMb(hub.pid))), 100);
    try {
      const at = (server, repo) => `${server.url}/${repo}/resolve/main/large.bin`;
      figures.source.push(await read(at(source, 'o/r'), 1));
      figures.cold.push(await read(at(hub, 'o/r'), 1));
      await upload(hub, path, sha256);
      for (const streams of STREAMS)
        for (const [name, server, repo] of [
          ['bare', source, 'o/r'],
          ['held', hub, 'o/r'],
          ['own', hub, 'alice/large'],
        ])
          (figures[name][streams] ??= []).push(await read(at(server, repo), streams));
    } finally {
      clearInterval(sampling);
      await hub.stop();
      source.stop();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const line = (name, value, base) =>
  console.log(`| ${name} | ${Math.round(value)} | ${Math.round(base)} | ${(value / base).toFixed(2)} |`);
console.log('| download | hub MB/s | bare MB/s | ratio |\n| --- | --- | --- | --- |');
line('first, fills the cache', median(figures.cold), median(figures.source));
for (const streams of STREAMS)
  for (const name of ['held', 'own'])
    line(`${name}, ${streams} at once`, median(figures[name][streams]), median(figures.bare[streams]));
console.log(`Peak resident memory of the hub: ${Math.round(peakMb)} MB`);
