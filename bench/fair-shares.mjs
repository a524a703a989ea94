// The time of a user's `hf download` and `hf upload` while two other clients use as much as their limits allow, compared with the time without them.
// Needs the Python clients: `node test/clients/python-envs.mjs`.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { pythonOf } from '../test/clients/python-envs.mjs';
import { BadClients, createAccount, WITH_ADDRESSES } from './bad-clients.mjs';
import { median } from './load.mjs';
import { residentMb, start, startHub } from './processes.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
/** Until the buffers of the system are full, and refused bodies are discarded. */
const SETTLE_MS = 10_000;
const FILES = 20;
const FILE_BYTES = 2_000_000;
const BODY = Buffer.alloc(7_900_000);
const ATTACKERS = ['198.51.100.1', '203.0.113.1'];
/** Requests that each attacker keeps in progress, in addition to its connections. */
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 16);

const run = promisify(execFile);
const hf = join(dirname(pythonOf('hf1')), 'hf');

/** Fills the shares of both attackers, and repeats requests until it is closed. */
class Attack {
  #isClosed = false;
  requests = 0;

  constructor(url) {
    this.url = url;
    this.clients = new BadClients(url);
  }

  start() {
    for (const address of ATTACKERS) {
      for (let n = 0; n < 300; n += 1) this.clients.download('/o/r/resolve/main/big.bin', address);
      for (let n = 0; n < 100; n += 1) this.clients.upload('/ann/m.git/git-upload-pack', address, BODY, 8_000_000);
      for (let n = 0; n < 100; n += 1) this.clients.connect();
      for (let n = 0; n < REQUESTS; n += 1) void this.#repeat(address);
    }
  }

  close() {
    this.#isClosed = true;
    this.clients.close();
  }

  async #repeat(address) {
    const headers = { 'x-forwarded-for': address };
    const paths = ['/api/models/ann/m', '/api/models/ann/m/tree/main', '/api/models?search=m'];
    for (let n = 0; !this.#isClosed; n += 1) {
      const response = await fetch(`${this.url}${paths[n % paths.length]}`, { headers }).catch(() => undefined);
      await response?.arrayBuffer();
      this.requests += 1;
    }
  }
}

const seconds = async (work) => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

const source = await start('endless-upstream.mjs');
const settings = { name: 'A', url: source.url, source_type: 'huggingface', delivery: 'proxy' };
const hub = await startHub([settings], WITH_ADDRESSES);
const folder = await mkdtemp(join(tmpdir(), 'hubfall-fair-'));
const token = await createAccount(hub.url, 'ann');
let uploads = 0;

/** Writes a folder with new files, and uploads it. */
async function upload() {
  const from = join(folder, `upload-${(uploads += 1)}`);
  await mkdir(from);
  for (let n = 0; n < FILES; n += 1) await writeFile(join(from, `${n}.bin`), randomBytes(FILE_BYTES));
  return seconds(() => run(hf, ['upload', 'ann/m', from, '.'], { env: env(uploads) }));
}

const download = () => {
  const to = join(folder, `download-${(uploads += 1)}`);
  return seconds(() => run(hf, ['download', 'ann/m', '--local-dir', to], { env: env(uploads) }));
};

const env = (n) => ({
  PATH: process.env.PATH,
  HF_ENDPOINT: hub.url,
  HF_TOKEN: token,
  HF_HOME: join(folder, `home-${n}`),
  HF_HUB_DISABLE_PROGRESS_BARS: '1',
});

const measure = async () => {
  const times = { upload: [], download: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.upload.push(await upload());
    times.download.push(await download());
  }
  return times;
};

try {
  await upload(); // the first run also compiles the client
  const alone = await measure();
  const attack = new Attack(hub.url);
  attack.start();
  await sleep(SETTLE_MS);
  const during = await measure();
  const memory = residentMb(hub.pid);
  attack.close();
  console.log('| command | without s | during s | ratio |');
  console.log('|---|---|---|---|');
  for (const name of ['download', 'upload']) {
    const [before, now] = [median(alone[name]), median(during[name])];
    console.log(`| hf ${name} | ${before.toFixed(1)} | ${now.toFixed(1)} | ${(now / before).toFixed(2)} |`);
  }
  const { admitted, refused } = attack.clients;
  console.log(
    `\nRequests of the two clients: ${attack.requests} repeated, ${admitted} held, ${refused} refused. Memory: ${memory} MB.`,
  );
} finally {
  await hub.stop();
  source.stop();
  await rm(folder, { recursive: true, force: true });
}
