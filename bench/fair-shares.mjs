// The time of a user's `hf download` and `hf upload` while two other clients use as much as their limits allow, compared with the time without
// them. The two are measured in turn. Needs the Python clients: `node test/clients/python-envs.mjs`.
import { execFile, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { pythonOf } from '../test/clients/python-envs.mjs';
import { PostgresServer, postgresBinaries } from '../test/support/postgres-server.ts';
import { createAccount, WITH_ADDRESSES } from './bad-clients.mjs';
import { median } from './load.mjs';
import { residentMb, start, startHub } from './processes.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
/** Requests that each of the two clients keeps in progress, in addition to its connections. */
const REQUESTS = process.env.BENCH_REQUESTS ?? '16';
const DATABASES = (process.env.BENCH_DATABASES ?? 'embedded,PostgreSQL').split(',');
/** Until the buffers of the system are full, and refused bodies are discarded. */
const SETTLE_MS = 10_000;
const FILES = 20;
const FILE_BYTES = 2_000_000;

// The hub and hf, which inherit this, come before other processes of the machine, as if they had it to themselves. Requires root.
try {
  setPriority(-10);
} catch {
  console.log('Other processes of this machine distort the figures: this benchmark may not raise its priority.\n');
}

const run = promisify(execFile);
const hf = join(dirname(pythonOf('hf1')), 'hf');

/** A user of a hub, who uploads and downloads with `hf`. */
class User {
  #count = 0;

  constructor(url, token, folder) {
    Object.assign(this, { url, token, folder });
  }

  /** Uploads a folder with new files. Returns the seconds. */
  async upload() {
    const from = join(this.folder, `upload-${(this.#count += 1)}`);
    await mkdir(from);
    for (let n = 0; n < FILES; n += 1) await writeFile(join(from, `${n}.bin`), randomBytes(FILE_BYTES));
    return this.#hf('upload', 'ann/m', from, '.');
  }

  download() {
    return this.#hf('download', 'ann/m', '--local-dir', join(this.folder, `download-${(this.#count += 1)}`));
  }

  async #hf(...args) {
    const env = {
      PATH: process.env.PATH,
      HF_ENDPOINT: this.url,
      HF_TOKEN: this.token,
      HF_HOME: join(this.folder, `home-${this.#count}`),
      HF_HUB_DISABLE_PROGRESS_BARS: '1',
    };
    const started = performance.now();
    await run(hf, args, { env }).catch((error) => {
      this.failures = (this.failures ?? 0) + 1;
      console.error(`hf ${args[0]} failed: ${String(error.stderr).trim().split('\n').at(-1)}`);
    });
    return (performance.now() - started) / 1000;
  }
}

async function measure(database, user, hub) {
  const attack = fork(new URL('attack.mjs', import.meta.url).pathname, [hub.url, REQUESTS]);
  const times = { download: { alone: [], during: [] }, upload: { alone: [], during: [] } };
  await user.upload(); // the first run also compiles the client
  await user.download();
  let report;
  let memory = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const when of ['alone', 'during']) {
      if (when === 'during') attack.send('start');
      await sleep(when === 'during' ? SETTLE_MS : 1000);
      times.upload[when].push(await user.upload());
      times.download[when].push(await user.download());
      memory = Math.max(memory, residentMb(hub.pid));
      if (when === 'alone') continue;
      attack.send('stop');
      [report] = await once(attack, 'message');
    }
  }
  attack.kill();
  for (const [name, { alone, during }] of Object.entries(times)) {
    const [before, now] = [median(alone), median(during)];
    console.log(
      `| ${database} | hf ${name} | ${before.toFixed(1)} | ${now.toFixed(1)} | ${(now / before).toFixed(2)} |`,
    );
  }
  return { database, memory, failures: user.failures ?? 0, ...report };
}

const source = await start('endless-upstream.mjs');
const folder = await mkdtemp(join(tmpdir(), 'hubfall-fair-'));
const server = postgresBinaries() && DATABASES.includes('PostgreSQL') ? await PostgresServer.start() : undefined;
const reports = [];
console.log('| database | command | without s | during s | ratio |');
console.log('|---|---|---|---|---|');
try {
  for (const database of DATABASES) {
    if (database === 'PostgreSQL' && !server) continue;
    const env =
      database === 'PostgreSQL'
        ? { KOHAKU_HUB_DATABASE_URL: await server.newDatabase(), KOHAKU_HUB_SECRET_KEY: 'x'.repeat(48) }
        : {};
    const settings = { name: 'A', url: source.url, source_type: 'huggingface', delivery: 'proxy' };
    const hub = await startHub([settings], { ...WITH_ADDRESSES, ...env });
    const home = join(folder, database);
    await mkdir(home);
    try {
      reports.push(await measure(database, new User(hub.url, await createAccount(hub.url, 'ann'), home), hub));
    } finally {
      await hub.stop();
    }
  }
  for (const { database, memory, failures, admitted, refused, statuses } of reports)
    console.log(
      `\n${database}: ${failures} commands failed. The two clients: ${admitted} held, ${refused} refused; repeated requests by status: ` +
        `${JSON.stringify(statuses)}. Memory: ${memory} MB.`,
    );
} finally {
  source.stop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}
