// npm run bench:upload: a large LFS upload to the built hub. Measures resident memory before and at its peak, and throughput compared with
// a bare node:http server that hashes, writes and syncs the same bytes in the same run. With BENCH_STORAGE=s3 the hub stores content in a bucket of
// Ceph's gateway and proxies it.
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { S3Server } from '../test/support/s3-server.ts';
import { s3Variables } from '../test/support/s3-variables.ts';
import { residentMb, start, startHub } from './processes.mjs';

const BYTES = Number(process.env.BENCH_BYTES ?? 2_000_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const PIECE = 1_000_000;
const SAMPLE_MS = 50;
const MB = 1_000_000;

/** Content that differs between rounds only in its first bytes: files are unique, but need no random data. */
const filler = Buffer.from(Array.from({ length: PIECE }, (_, at) => (at * 7919) % 251));
function* content(round) {
  for (let sent = 0; sent < BYTES; sent += PIECE) {
    if (sent === 0) yield Buffer.concat([Buffer.from(String(round).padStart(8)), filler.subarray(8)]);
    else yield filler.subarray(0, Math.min(PIECE, BYTES - sent));
  }
}
const digestOf = (round) => {
  const hash = createHash('sha256');
  for (const piece of content(round)) hash.update(piece);
  return hash.digest('hex');
};

/**
 * Uploads the content of a round.
 * @returns MB/s from the first byte to the response
 */
function put(url, round) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const sending = httpRequest(url, { method: 'PUT', headers: { 'content-length': BYTES } }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode !== 200) return reject(new Error(`PUT returned ${response.statusCode}`));
        resolve(BYTES / MB / ((performance.now() - started) / 1000));
      });
    });
    sending.once('error', reject);
    const pieces = content(round);
    const send = () => {
      for (;;) {
        const { value, done } = pieces.next();
        if (done) return sending.end();
        if (!sending.write(value)) return sending.once('drain', send);
      }
    };
    send();
  });
}

/** Creates a user with a token and a repository before the hub starts. */
async function prepare(env) {
  const at = (path) => import(new URL(`../dist/src/${path}`, import.meta.url).href);
  const { AppModule } = await at('app/app.module.js');
  const { parseEnv } = await at('platform/config/env.js');
  const { secretsIn } = await at('platform/config/secrets.js');
  const { AccountsService } = await at('users/accounts.service.js');
  const { RepoCreationService } = await at('repos/store/repo-creation.service.js');
  const config = parseEnv({ ...env, KOHAKU_HUB_FALLBACK_SOURCES: '[]' }, { secretsIn, version: '0', sourceTypes: [] });
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(config), { logger: false });
  const accounts = app.get(AccountsService, { strict: false });
  await accounts.createUser({ name: 'alice' });
  const repo = { type: 'model', namespace: 'alice', name: 'large' };
  await app.get(RepoCreationService, { strict: false }).create({ repo, ownerName: 'alice', private: false });
  const token = await accounts.createToken('alice', { name: 'bench', role: 'write' });
  await app.close();
  return token;
}

async function linkFor(hub, token, round) {
  const answer = await fetch(`${hub.url}/alice/large.git/info/lfs/objects/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.git-lfs+json' },
    body: JSON.stringify({ operation: 'upload', objects: [{ oid: digestOf(round), size: BYTES }] }),
  });
  return (await answer.json()).objects[0].actions.upload.href;
}

/** Runs `work` and measures the peak memory of a process meanwhile. */
async function withPeakMemory(pid, work) {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(pid))), SAMPLE_MS);
  const result = await work();
  clearInterval(timer);
  return { result, peak };
}

const dataDir = await mkdtemp(join(tmpdir(), 'hubfall-bench-lfs-'));
const s3 = process.env.BENCH_STORAGE === 's3' ? await S3Server.start() : undefined;
const env = { KOHAKU_HUB_DATA_DIR: dataDir, ...(s3 ? s3Variables(await s3.newBucket()) : {}) };
const token = await prepare(env);
const bare = await start('bare-upload.mjs', dataDir);
const hub = await startHub([], env);
try {
  console.log(`Node ${process.version}, ${cpus().length} cores, ${BYTES / MB} MB in each round`);
  console.log('| round | hub MB/s | bare MB/s | ratio | hub before / peak MB | bare before / peak MB |');
  console.log('| ----- | -------- | --------- | ----- | -------------------- | --------------------- |');
  for (let round = 1; round <= ROUNDS; round += 1) {
    const link = await linkFor(hub, token, round);
    const before = [residentMb(hub.pid), residentMb(bare.pid)];
    const work = {
      hub: () => withPeakMemory(hub.pid, () => put(link, round)),
      bare: () => withPeakMemory(bare.pid, () => put(bare.url, round)),
    };
    const results = {};
    // They alternate in going first, because the disk may still be busy with the first file during the second upload.
    for (const server of round % 2 === 0 ? ['hub', 'bare'] : ['bare', 'hub']) results[server] = await work[server]();
    const { hub: hubResult, bare: bareResult } = results;
    const rates = [hubResult.result, bareResult.result].map((rate) => rate.toFixed(0));
    const ratio = (hubResult.result / bareResult.result).toFixed(2);
    console.log(
      `| ${round} | ${rates[0]} | ${rates[1]} | ${ratio} | ${before[0]} / ${hubResult.peak} | ${before[1]} / ${bareResult.peak} |`,
    );
  }
} finally {
  await hub.stop();
  bare.stop();
  await s3?.stop();
  await rm(dataDir, { recursive: true, force: true });
}
