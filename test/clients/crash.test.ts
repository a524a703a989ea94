import { createHash, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { BLOB_PREFIXES } from '../../src/repos/gc/blob-prefixes.js';
import { S3BlobStore } from '../../src/platform/storage/s3-blob-store.js';
import { S3Bucket } from '../../src/platform/storage/s3-bucket.js';
import { sendRequest } from '../support/send-request.js';
import { describeOnS3 } from '../support/storages.js';
import { FULL_RUN } from '../support/full-run.js';
import { HubProcess, type HubProcessOptions } from '../support/hub-process.js';
import { registerUser } from '../support/register-user.js';
import { s3Variables } from '../support/s3-variables.js';
import { PART_SIZE, UPLOADS, type Target, type Uploaded } from './crash-uploads.js';

/** Each kill needs a restart, which takes seconds. Use `CRASH_KILLS=50` before a release. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? (FULL_RUN ? 8 : 2));
/** Hubs that are killed in parallel, because starting one also waits for the disk. */
const HUBS = 2;
const UPLOADERS = 4;
const REPO = '/api/models/alice/victim';
const PARTS = { KOHAKU_HUB_LFS_PART_SIZE: String(PART_SIZE) };

/** An acknowledged upload, which must not be lost. */
type Acknowledged = Uploaded & { readonly way: string };

type Settings = Pick<HubProcessOptions, 'sources' | 'env'>;

const WAYS = Object.entries(UPLOADS);

/** A hub that is killed during uploads and restarted with its data directory. */
class CrashingHub {
  readonly acknowledged: Acknowledged[] = [];
  private uploads = 0;
  private failure: unknown;

  private constructor(
    private hub: HubProcess,
    private readonly token: string,
    private readonly settings: Settings,
  ) {}

  static async start(env: Readonly<Record<string, string>>): Promise<CrashingHub> {
    const settings = { sources: [], env: { ...PARTS, ...env } };
    const hub = await HubProcess.start(settings);
    const victim = new CrashingHub(hub, await registerUser(hub.url, 'alice'), settings);
    const { url, headers } = victim.target;
    const json = { name: 'victim', type: 'model' };
    const made = await sendRequest(url, '/api/repos/create', { method: 'POST', json, headers });
    expect(made.status).toBe(200);
    return victim;
  }

  private get target(): Target {
    return { url: this.hub.url, repo: 'alice/victim', headers: { authorization: `Bearer ${this.token}` } };
  }

  async get<T>(path: string): Promise<T> {
    const answer = await sendRequest(this.hub.url, path);
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    return answer.json() as T;
  }

  /** SHA-256 and git blob ID of a file on `main`. */
  async hashesOf(path: string): Promise<{ sha256: string; oid: string }> {
    const { status, body } = await sendRequest(this.hub.url, `/alice/victim/resolve/main/${path}`);
    expect({ path, status }).toEqual({ path, status: 200 });
    const hash = (kind: string, before: string) => createHash(kind).update(before).update(body).digest('hex');
    return { sha256: hash('sha256', ''), oid: hash('sha1', `blob ${body.length}\0`) };
  }

  /** Uploads until the hub is killed after a random number of uploads; the first time not before each kind of upload has succeeded once. */
  async uploadUntilKilled(): Promise<void> {
    const enough = this.acknowledged.length + randomInt(1, 12);
    const tried = (): boolean => new Set(this.acknowledged.map(({ way }) => way)).size === WAYS.length;
    let dying: Promise<void> | undefined;
    const uploader = async (): Promise<void> => {
      while (!dying) {
        const [way, upload] = WAYS[(this.uploads += 1) % WAYS.length]!;
        this.acknowledged.push({ way, ...(await upload(this.target, `file-${this.uploads}`)) });
        if (this.acknowledged.length >= enough && tried()) dying ??= delay(randomInt(40)).then(() => this.hub.kill());
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: UPLOADERS }, uploader));
    await dying;
    // Only uploads that the hub rejected have failed, not those that the kill interrupted.
    this.failure ??= ends.find((end) => end.status === 'rejected' && /the hub answered/.test(String(end.reason)));
    expect(this.failure).toBeUndefined();
  }

  async restart(): Promise<void> {
    this.hub = await HubProcess.start({ ...this.settings, dataDir: this.hub.dataDir });
  }

  close(): Promise<void> {
    return this.hub.close();
  }
}

interface Entry {
  readonly path: string;
  readonly oid: string;
  readonly lfs?: { readonly oid: string };
}

/** All entries; they fit on one page. */
const entriesOf = (victim: CrashingHub, revision: string): Promise<Entry[]> =>
  victim.get<Entry[]>(`${REPO}/tree/${revision}?recursive=true&limit=1000`);

async function historyOf(victim: CrashingHub): Promise<string[]> {
  const ids: string[] = [];
  for (let page = 0; ; page += 1) {
    const entries = await victim.get<{ id: string }[]>(`${REPO}/commits/main?limit=100&p=${page}`);
    ids.push(...entries.map(({ id }) => id));
    if (entries.length < 100) return ids;
  }
}

/** After a restart: all files acknowledged before the kill are on the branch. */
async function expectNothingLost(victim: CrashingHub, since: number): Promise<void> {
  const files = new Set((await entriesOf(victim, 'main')).map(({ path }) => path));
  const history = new Set(await historyOf(victim));
  for (const { path, commit, sha256 } of victim.acknowledged.slice(since)) {
    expect({ path, isThere: files.has(path) && history.has(commit) }).toEqual({ path, isThere: true });
    expect({ path, sha256: (await victim.hashesOf(path)).sha256 }).toEqual({ path, sha256 });
  }
}

/** At the end: all commits and files are complete, including those that were not acknowledged. */
async function expectAllComplete(victim: CrashingHub): Promise<void> {
  const history = (await historyOf(victim)).reverse();
  let before = 0;
  for (const [n, id] of history.entries()) {
    const files = await entriesOf(victim, id);
    // Each commit adds one file; the second one also adds "last".
    expect({ id, files: files.length }).toEqual({ id, files: before + (n === 1 ? 2 : 1) });
    before = files.length;
  }
  for (const { path, oid, lfs } of await entriesOf(victim, 'main'))
    expect({ path, ...(await victim.hashesOf(path)) }).toMatchObject(lfs ? { path, sha256: lfs.oid } : { path, oid });
  expect(new Set(victim.acknowledged.map(({ commit }) => commit)).size).toBe(victim.acknowledged.length);
}

/**
 * Kills and restarts a hub repeatedly.
 * @returns all acknowledged uploads
 */
async function killRepeatedly(
  kills: number,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Acknowledged[]> {
  const victim = await CrashingHub.start(env);
  try {
    for (let n = 0; n < kills; n += 1) {
      const since = victim.acknowledged.length;
      await victim.uploadUntilKilled();
      await victim.restart();
      await expectNothingLost(victim, since);
    }
    await expectAllComplete(victim);
    return victim.acknowledged;
  } finally {
    await victim.close();
  }
}

it(`acknowledged uploads survive ${KILLS} kills during uploads, and all content is complete`, async () => {
  const results = await Promise.all(Array.from({ length: HUBS }, () => killRepeatedly(Math.ceil(KILLS / HUBS))));
  expect(Math.min(...results.map(({ length }) => length))).toBeGreaterThanOrEqual(Math.ceil(KILLS / HUBS));
  expect(new Set(results.flat().map(({ way }) => way))).toEqual(new Set(WAYS.map(([way]) => way)));
}, 900_000);

/** Verifies all blobs of a store, and counts them. */
async function intactBlobs(blobs: S3BlobStore): Promise<number> {
  let count = 0;
  for (const prefix of BLOB_PREFIXES) {
    for await (const sha256 of blobs.list(prefix)) {
      const hash = createHash('sha256');
      for await (const piece of blobs.open(sha256)) hash.update(piece as Buffer);
      expect(hash.digest('hex')).toBe(sha256);
      count += 1;
    }
  }
  return count;
}

describeOnS3('on S3', (server) => {
  it(`acknowledged uploads survive ${KILLS} kills, and all stored blobs are complete`, async () => {
    const buckets = await Promise.all(Array.from({ length: HUBS }, () => server().newBucket()));
    const results = await Promise.all(
      buckets.map((bucket) => killRepeatedly(Math.ceil(KILLS / HUBS), s3Variables(bucket))),
    );
    expect(new Set(results.flat().map(({ way }) => way))).toEqual(new Set(WAYS.map(([way]) => way)));
    for (const bucket of buckets) expect(await intactBlobs(new S3BlobStore(new S3Bucket(bucket)))).toBeGreaterThan(0);
  }, 900_000);
});
