// Two replicas behind nginx, on PostgreSQL, Redis and Ceph's S3 gateway, while these fail or are changed: `npm run bench:outages`.
// Clients commit, read local files and read a private external repository. Prints which requests failed and how, and verifies that no
// acknowledged commit was lost. PREVIOUS=<commit> also updates from the program of that commit to this one and back.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClient } from '@redis/client';
import { HubFixture } from '../test/clients/hub-fixture.ts';
import { ClusterServices } from '../test/support/cluster-services.ts';
import { HubCluster } from '../test/support/hub-cluster.ts';
import { every } from '../test/support/s3-fault-proxy.ts';
import { Traffic } from '../test/support/traffic.ts';

const ROOT = resolve(import.meta.dirname, '..');
const ENOUGH = 20;
const LIMIT_MS = 120_000;
const KEY = 'the-key-that-all-replicas-share-0123456789';
const NEW_KEY = 'another-key-after-the-rotation-9876543210';

/** Builds the program of another commit, with the packages of this one. */
function build(commit) {
  const folder = mkdtempSync(join(tmpdir(), 'hubfall-previous-'));
  execFileSync('sh', ['-c', 'git archive "$1" | tar -x -C "$2"', 'sh', commit, folder], { cwd: ROOT });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const part of ['web', 'database']) {
    execFileSync('mkdir', ['-p', join(folder, 'dist')]);
    if (part === 'web') symlinkSync(join(ROOT, 'dist', part), join(folder, 'dist', part));
  }
  execFileSync('npx', ['nest', 'build'], { cwd: folder, stdio: 'inherit' });
  return { folder, program: join(folder, 'dist/src/main.js') };
}

const previous = process.env.PREVIOUS ? build(process.env.PREVIOUS) : undefined;
const services = await ClusterServices.start();
const env = {
  ...services.env,
  KOHAKU_HUB_SECRET_KEY: KEY,
  KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS: 'true',
  KOHAKU_HUB_SHUTDOWN_DELAY: '2',
};
let cluster;
const fixture = await HubFixture.start({ token: 'hf_theTokenOfTheSource' }, env, async (options) => {
  cluster = await HubCluster.start({ replicas: 2, sources: options.sources, env: options.env });
  return cluster;
});
const { postgres, redis, s3Proxy } = services;

async function admin(path) {
  const headers = { 'x-admin-token': cluster.adminToken };
  const response = await fetch(`${cluster.url}/admin/api/${path}`, { method: 'POST', headers });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** A new replica with a wrong password must exit, with a sentence, while the others continue. */
async function startWithWrongPassword() {
  const client = await createClient({ url: redis.url }).connect();
  await client.configSet('requirepass', 'right');
  const url = redis.url.replace('//', '//:wrong@');
  const outcome = await cluster.addReplica({ env: { KOHAKU_HUB_REDIS_URL: url } }).then(
    () => 'it started',
    (error) => error.message.replaceAll(/\s+/g, ' '),
  );
  await client.configSet('requirepass', '');
  client.destroy();
  return outcome;
}

/** Faults and changes, while there is traffic. A returned text is printed. */
const CASES = {
  'bucket hangs': (traffic) => whileBucket(traffic, () => 'hang'),
  'bucket refuses access (403)': (traffic) => whileBucket(traffic, () => 403),
  'bucket fails for every fifth request (503)': (traffic) => whileBucket(traffic, every(5, 503)),
  'bucket fails for all requests (503)': (traffic) => whileBucket(traffic, () => 503),
  'database restarts': async () => {
    await postgres.halt();
    await postgres.resume();
  },
  'database allows three connections': async (traffic) => {
    await postgres.limitConnections(3);
    await traffic.waitForRequests(5 * ENOUGH);
    await postgres.limitConnections(-1);
  },
  'Redis: a replica starts with a wrong password': startWithWrongPassword,
  'Redis is stopped, and restarted': async (traffic) => {
    await redis.kill();
    await traffic.waitForRequests(5 * ENOUGH);
    await redis.restart();
  },
  'key rotation': async () => {
    await cluster.rollingUpdate({ env: { KOHAKU_HUB_SECRET_KEY: `${NEW_KEY},${KEY}` } });
    await admin('secret-keys/rotate');
    await cluster.rollingUpdate({ env: { KOHAKU_HUB_SECRET_KEY: NEW_KEY } });
  },
  ...(previous && {
    [`rolling update to ${process.env.PREVIOUS}, and back`]: async (traffic) => {
      const current = { env: { KOHAKU_HUB_SECRET_KEY: NEW_KEY } };
      await cluster.rollingUpdate({ ...current, program: previous.program });
      await traffic.waitForRequests(5 * ENOUGH);
      await cluster.rollingUpdate(current);
    },
  }),
};

async function whileBucket(traffic, fate) {
  s3Proxy.fate = fate;
  await traffic.waitForRequests(5 * ENOUGH);
  s3Proxy.recover();
}

const orTimeOut = (work) =>
  Promise.race([
    work,
    new Promise((_, reject) => setTimeout(() => reject(new Error('no recovery in two minutes')), LIMIT_MS).unref()),
  ]);

async function run(name, act, index) {
  const target = { owner: 'client', external: 'far-ai/private' };
  const traffic = await Traffic.start(cluster.url, fixture.token, target, `outage-${index}`);
  let note = '';
  try {
    await orTimeOut(traffic.waitForSuccesses(ENOUGH));
    note = String((await act(traffic)) ?? '');
    await orTimeOut(traffic.waitForSuccesses(ENOUGH));
  } catch (error) {
    note = error.message;
  }
  await traffic.stop();
  const lost = await traffic.lost();
  const failed = Object.entries(traffic.failures).map(([kind, count]) => `${count} × ${kind}`);
  const cells = [name, traffic.outcomes.length, failed.join(', ') || 'none', traffic.unexplained.length, lost.length];
  console.log(`| ${cells.join(' | ')} |${note && ` ${note}`}`);
}

try {
  console.log('| case | requests | failed | without words | acknowledged and lost |');
  console.log('|---|---|---|---|---|');
  const wanted = process.env.CASE ?? '';
  for (const [index, [name, act]] of Object.entries(CASES).entries())
    if (name.includes(wanted)) await run(name, act, index);
} finally {
  await fixture.close();
  await services.stop();
  if (previous) rmSync(previous.folder, { recursive: true, force: true });
}
