// node bench/responsiveness.mjs: how long /health/live takes while the hub does expensive work for others.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cpuMicros, startHub } from './processes.mjs';

const FOLDERS = 7000;
const FILES = Number(process.env.BENCH_FILES ?? 99_000);
const POLL_INTERVAL_MS = 5;
const PASSWORD = 'correct horse battery';
const CONTENT = Buffer.from('weights');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

const hub = await startHub([]);
const folder = await mkdtemp(join(tmpdir(), 'hubfall-bench-'));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function request(path, { body, type = 'application/json', headers = {}, method = body ? 'POST' : 'GET' } = {}) {
  const url = path.startsWith('http') ? path : hub.url + path;
  const text = body && (typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body);
  const response = await fetch(url, {
    method,
    body: text,
    headers: body ? { 'content-type': type, ...headers } : headers,
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}

const isLive = () =>
  new Promise((resolve, reject) => {
    get(`${hub.url}/health/live`, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });

async function measure(name, work) {
  const latencies = [];
  const started = performance.now();
  const cpu = cpuMicros(hub.pid);
  let isDone = false;
  const running = work().finally(() => (isDone = true));
  while (!isDone) {
    const sent = performance.now();
    await isLive();
    latencies.push(performance.now() - sent);
    await wait(POLL_INTERVAL_MS);
  }
  await running;
  latencies.sort((a, b) => a - b);
  const [median, longest] = [latencies[latencies.length >> 1], latencies.at(-1)].map((ms) => ms.toFixed(1));
  const [ms, cpuMs] = [performance.now() - started, (cpuMicros(hub.pid) - cpu) / 1000].map(Math.round);
  console.log(`| ${name} | ${ms} | ${cpuMs} | ${median} | ${longest} |`);
}

async function signUp() {
  const account = { username: 'alice', password: PASSWORD };
  await request('/api/auth/register', { body: account });
  const cookie = (await request('/api/auth/login', { body: account })).headers.getSetCookie()[0].split(';')[0];
  const created = await request('/api/auth/tokens/create', {
    body: { name: 'bench', role: 'write' },
    headers: { cookie },
  });
  return { authorization: `Bearer ${(await created.json()).token}` };
}

/** Creates a repository. All files are the same large file, which is uploaded once. */
async function createRepo(name, paths, headers) {
  await request('/api/repos/create', { body: { name, type: 'model' }, headers });
  const batch = { operation: 'upload', transfers: ['basic'], objects: [{ oid: SHA256, size: CONTENT.length }] };
  const type = 'application/vnd.git-lfs+json';
  const links = await request(`/alice/${name}.git/info/lfs/objects/batch`, { body: batch, type, headers });
  const { href, header } = (await links.json()).objects[0].actions.upload;
  await request(href, { method: 'PUT', body: CONTENT, type: 'application/octet-stream', headers: header });
  const lines = [
    { key: 'header', value: { summary: 'Add files' } },
    ...paths.map((path) => ({ key: 'lfsFile', value: { path, algo: 'sha256', oid: SHA256, size: CONTENT.length } })),
  ];
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  await request(`/api/models/alice/${name}/commit/main`, { body, type: 'application/x-ndjson', headers });
}

/** Creates a repository whose files have different contents, which are part of the commit. */
async function createInline(name, headers) {
  await request('/api/repos/create', { body: { name, type: 'model' }, headers });
  const lines = [{ key: 'header', value: { summary: 'Add files' } }];
  for (let n = 0; n < FILES; n += 1)
    lines.push({
      key: 'file',
      value: { path: `${n % 700}/file-${n}.txt`, content: `content ${n}`, encoding: 'utf-8' },
    });
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  await request(`/api/models/alice/${name}/commit/main`, { body, type: 'application/x-ndjson', headers });
}

const read = async (path) => void (await (await request(path)).arrayBuffer());
const times = (count, work) => Promise.all(Array.from({ length: count }, (_, n) => work(n)));
const clone = (n) =>
  promisify(execFile)('git', ['clone', '-q', '--no-checkout', `${hub.url}/alice/deep`, join(folder, `${n}`)]);

try {
  const headers = await signUp();
  const deep = Array.from({ length: FOLDERS }, (_, n) => `${n % 70}/${n}/file-${n}.bin`);
  const wide = Array.from({ length: FILES }, (_, n) => `${n % 700}/file-${n}.bin`);
  console.log('| work | ms | CPU ms | /health/live p50 ms | longest |\n| --- | --- | --- | --- | --- |');
  await measure('none, for 5 s', () => wait(5000));
  await measure(`commit of ${FOLDERS} folders`, () => createRepo('deep', deep, headers));
  await measure(`first info of ${FOLDERS} folders`, () => read('/api/models/alice/deep'));
  await measure(`commit of ${FILES} files`, () => createRepo('wide', wide, headers));
  await measure(`commit of ${FILES} small files inside it`, () => createInline('inline', headers));
  await measure(`first info of ${FILES} files`, () => read('/api/models/alice/wide'));
  await measure('8 × info with sizes at once', () => times(8, () => read('/api/models/alice/wide?blobs=true')));
  await measure('first git clone', () => clone(0));
  await measure('20 git clones at once', () => times(20, (n) => clone(n + 1)));
} finally {
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
}
