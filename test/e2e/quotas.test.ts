import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { adminClient, type AdminClient } from '../support/admin-client.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { follow, LfsClient, lfsObject, sha256 } from '../support/lfs-client.js';
import { scrape } from '../support/scrape.js';
import { sendRequest, type HttpResponse } from '../support/send-request.js';
import { createTestOrganization, createTestUser, type TestUser } from '../support/test-users.js';
import { fileOf, newXorb, shardBytes } from '../support/xet-builder.js';

const KB = 1000;
const MB = 1000 * KB;

let hub: RunningHub;
let admin: AdminClient;
let alice: TestUser;
let repo: string;
let count = 0;

const send = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  json?: unknown,
  user = alice,
): Promise<HttpResponse> => sendRequest(hub.url, path, { method, headers: user.headers, json });

const createRepo = (name: string, more: object = {}): Promise<HttpResponse> =>
  send('POST', '/api/repos/create', {
    type: 'model',
    name: name.split('/')[1],
    organization: name.split('/')[0],
    ...more,
  });

async function newRepo(owner = 'alice'): Promise<string> {
  count += 1;
  const name = `${owner}/repo-${count}`;
  expect((await createRepo(name)).status).toBe(200);
  return name;
}

const commit = (name: string, files: Readonly<Record<string, Buffer>>): Promise<HttpResponse> =>
  sendRequest(hub.url, `/api/models/${name}/commit/main`, {
    method: 'POST',
    headers: { ...alice.headers, 'content-type': 'application/x-ndjson' },
    body: commitBody('add', ...Object.entries(files).map(([path, content]) => fileLine(path, content))),
  });

const preupload = (name: string, ...sizes: number[]): Promise<HttpResponse> =>
  send('POST', `/api/models/${name}/preupload/main`, { files: sizes.map((size, n) => ({ path: `f${n}.bin`, size })) });

async function xetToken(name: string): Promise<Record<string, string>> {
  const response = await send('GET', `/api/models/${name}/xet-write-token/main`);
  return { authorization: `Bearer ${(response.json() as { accessToken: string }).accessToken}` };
}

const postXet = async (name: string, path: string, body: Buffer): Promise<HttpResponse> =>
  sendRequest(hub.url, `/xet/v1/${path}`, { method: 'POST', headers: await xetToken(name), body });

interface Quota {
  readonly used_bytes: number;
  readonly reserved_bytes: number;
  readonly available_bytes: number | null;
  readonly repositories: number;
}

const quota = async (name = 'alice'): Promise<Quota> => (await send('GET', `/api/quota/${name}`)).json() as Quota;

const setQuota = async (name: string, changes: object): Promise<void> => {
  expect((await admin('PUT', `/accounts/${name}`, changes)).status).toBe(200);
};

/** Leaves this many bytes to an account. */
const leave = async (bytes: number, name = 'alice'): Promise<void> => {
  await hub.app.get<DataSource>(getDataSourceToken()).query('DELETE FROM upload_reservations');
  await setQuota(name, { quota_bytes: (await quota(name)).used_bytes + bytes });
};

/** Names of all stored contents and parts. */
const stored = async (): Promise<string[]> => {
  const list = (folder: string) => readdir(join(hub.config.dataDir, folder), { recursive: true }).catch(() => []);
  return [...(await list('blobs')), ...(await list('parts'))].filter((name) =>
    /[0-9a-f]{64}$|[0-9a-f-]{36}$/.test(name),
  );
};

const start = async (env: Record<string, string> = {}): Promise<void> => {
  hub = await startHub({ env: { KOHAKU_HUB_LFS_PART_SIZE: '5000', ...env } });
  admin = adminClient(hub);
  alice = await createTestUser(hub, 'alice');
  await createTestOrganization(hub, 'acme', { alice: 'admin' });
};

/** Every way to send bytes to a repository, each with a new content of 20 kB. */
const WAYS: [string, (name: string) => Promise<HttpResponse>][] = [
  ['preupload', (name) => preupload(name, 20 * KB)],
  ['a commit with the content', (name) => commit(name, { 'a.txt': randomBytes(20 * KB) })],
  [
    'an LFS batch',
    (name) =>
      new LfsClient(hub, name, alice).post('objects/batch', {
        operation: 'upload',
        objects: [lfsObject(randomBytes(20 * KB))],
      }),
  ],
  [
    'an LFS batch for parts',
    (name) =>
      new LfsClient(hub, name, alice).post('objects/batch', {
        operation: 'upload',
        transfers: ['multipart'],
        objects: [lfsObject(randomBytes(20 * KB))],
      }),
  ],
  [
    'an LFS batch for Xet',
    (name) =>
      new LfsClient(hub, name, alice).post('objects/batch', {
        operation: 'upload',
        transfers: ['xet'],
        objects: [lfsObject(randomBytes(20 * KB))],
      }),
  ],
  [
    'a xorb',
    (name) => {
      const { hash, bytes } = newXorb(20 * KB);
      return postXet(name, `xorbs/default/${hash}`, bytes);
    },
  ],
  [
    'a new repository with files',
    () =>
      createRepo(`alice/with-files-${(count += 1)}`, {
        files: [{ path: 'a.txt', encoding: 'base64', content: randomBytes(20 * KB).toString('base64') }],
      }),
  ],
];

describe('a storage quota', () => {
  beforeAll(() => start());
  afterAll(() => hub.close());
  beforeEach(async () => {
    await setQuota('alice', { quota_bytes: null, quota_repositories: null });
    repo = await newRepo();
  });

  it.each(WAYS)('refuses %s before any byte is stored', async (_, upload) => {
    await leave(19 * KB);
    const before = await stored();
    const response = await upload(repo);
    const { used_bytes: used } = await quota();
    expect([response.status, response.headers['x-error-code']]).toEqual([403, undefined]);
    expect(response.headers['x-error-message']).toMatch(
      /^The storage quota of "alice" is exceeded: [\d.]+ kB of [\d.]+ kB are used, and this upload adds 20 kB\. Delete repositories/,
    );
    expect(response.json()).toMatchObject({ error: response.headers['x-error-message'] });
    expect(response.headers['content-type']).toMatch(/^application\/json/); // @huggingface/hub reads no other type
    expect(await stored()).toEqual(before);
    expect((await quota()).used_bytes).toBe(used);
    await leave(21 * KB);
    expect((await upload(repo)).status).toBe(200);
  });

  it('refuses a xorb with the message as the reason phrase, which is all that hf-xet prints', async () => {
    await leave(19 * KB);
    const { hash, bytes } = newXorb(20 * KB);
    const sent = request(`${hub.url}/xet/v1/xorbs/default/${hash}`, { method: 'POST', headers: await xetToken(repo) });
    const [response] = (await once(sent.end(bytes), 'response')) as [IncomingMessage];
    expect(response.resume().statusMessage).toMatch(/^The storage quota of "alice" is exceeded: .* larger quota\.$/);
  });

  it('refuses the upload itself if the space was used after the batch', async () => {
    await leave(25 * KB);
    const content = randomBytes(20 * KB);
    const client = new LfsClient(hub, repo, alice);
    const href = await client.uploadLink(content);
    const [parts] = (await client.batch('upload', [content], { transfers: ['multipart'] })).objects;
    await leave(19 * KB);
    const before = await stored();
    expect((await follow(hub, href, { method: 'PUT', body: content })).status).toBe(403);
    const part = parts!.actions!.upload!.header!['00001']!;
    expect((await follow(hub, part, { method: 'PUT', body: content.subarray(0, 5000) })).status).toBe(403);
    expect(await stored()).toEqual(before);
  });

  it('refuses a shard whose files would not fit, before they are built', async () => {
    const { hash, bytes, term } = newXorb(20 * KB);
    expect((await postXet(repo, `xorbs/default/${hash}`, bytes)).status).toBe(200);
    const long = Array.from({ length: 50 }, () => term(0, 1));
    const content = Buffer.concat(Array.from({ length: 50 }, () => bytes.subarray(8)));
    await leave(900 * KB);
    const before = await stored();
    const refused = await postXet(repo, 'shards', shardBytes([fileOf(content, ...long)]));
    expect([refused.status, refused.headers['x-error-message']]).toEqual([403, expect.stringContaining('adds 1 MB')]);
    expect(await stored()).toEqual(before);
    await leave(981 * KB);
    expect((await postXet(repo, 'shards', shardBytes([fileOf(content, ...long)]))).status).toBe(200);
  });

  it('accepts a Xet upload of exactly the free space, although its xorbs are stored until the file is built', async () => {
    await leave(21 * KB);
    const { hash, bytes, part, term } = newXorb(10 * KB, 10 * KB);
    expect((await postXet(repo, `xorbs/default/${hash}`, bytes)).status).toBe(200);
    const shard = shardBytes([fileOf(part(0, 2), term(0, 2))]);
    const before = (await quota()).used_bytes;
    expect((await postXet(repo, 'shards', shard)).status).toBe(200);
    expect((await quota()).used_bytes).toBe(before - bytes.length - 16 + 20 * KB);
    const reversed = fileOf(Buffer.concat([part(1, 2), part(0, 1)]), term(1, 2), term(0, 1));
    expect((await postXet(repo, 'shards', shardBytes([reversed]))).status).toBe(403);
  });

  it('refuses files of one size whose first bytes differ, before they are uploaded', async () => {
    await leave(30 * KB);
    const announce = (...samples: string[]): Promise<HttpResponse> =>
      send('POST', `/api/models/${repo}/preupload/main`, {
        files: samples.map((sample, n) => ({ path: `f${n}.bin`, size: 20_007, sample })),
      });
    expect((await announce('AAAA', 'AAAA')).status).toBe(200);
    expect((await announce('AAAA', 'AAAB')).status).toBe(403);
  });

  it('counts identical content once in a namespace, and again in another one', async () => {
    const content = randomBytes(20 * KB);
    expect((await commit(repo, { 'a.txt': content })).status).toBe(200);
    const other = await newRepo();
    await leave(0);
    expect((await preupload(other, content.length)).status).toBe(200);
    expect((await commit(other, { 'b.txt': content, 'c.txt': content })).status).toBe(200);
    expect((await new LfsClient(hub, other, alice).upload(content)).status).toBe(200);
    expect((await quota()).available_bytes).toBe(0);
    const acme = await newRepo('acme');
    await leave(10 * KB, 'acme');
    expect((await commit(acme, { 'a.txt': content })).status).toBe(403);
    const copy = { target: { type: 'model', name: acme }, files: [{ sha256: sha256(content) }] };
    expect((await send('POST', `/api/models/${other}/lfs-files/duplicate`, copy)).status).toBe(403);
    await leave(20 * KB, 'acme');
    expect((await send('POST', `/api/models/${other}/lfs-files/duplicate`, copy)).json()).toEqual({ failed: [] });
  });

  it('is not exceeded by ten parallel uploads of any kind', async () => {
    await leave(50 * KB);
    const limit = (await quota()).used_bytes + 50 * KB;
    const contents = Array.from({ length: 10 }, () => randomBytes(20 * KB));
    const client = new LfsClient(hub, repo, alice);
    const viaLfs = async (content: Buffer): Promise<number> => {
      const body = { operation: 'upload', objects: [lfsObject(content)] };
      const batch = await client.post('objects/batch', body);
      if (batch.status !== 200) return batch.status;
      const [object] = (batch.json() as { objects: [{ actions: { upload: { href: string } } }] }).objects;
      return (await follow(hub, object.actions.upload.href, { method: 'PUT', body: content })).status;
    };
    const viaCommit = async (content: Buffer, n: number): Promise<number> =>
      (await commit(repo, { [`p${n}.txt`]: content })).status;
    const viaXorb = async (): Promise<number> => {
      const { hash, bytes } = newXorb(20 * KB);
      return (await postXet(repo, `xorbs/default/${hash}`, bytes)).status;
    };
    const ways = [viaLfs, viaCommit, viaXorb];
    const statuses = await Promise.all(contents.map((content, n) => ways[n % 3]!(content, n)));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(1);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(2);
    expect(statuses.every((status) => status === 200 || status === 403)).toBe(true);
    expect((await quota()).used_bytes).toBeLessThanOrEqual(limit);
  });

  it('reserves space for announced uploads, for the same content once', async () => {
    await leave(50 * KB);
    const content = randomBytes(20 * KB);
    const client = new LfsClient(hub, repo, alice);
    await client.uploadLink(content);
    await client.uploadLink(content);
    expect(await quota()).toMatchObject({ reserved_bytes: 20 * KB, available_bytes: 30 * KB });
    const refused = await commit(repo, { 'a.txt': randomBytes(31 * KB) });
    expect(refused.headers['x-error-message']).toContain(', unfinished uploads will use 20 kB, and');
    expect((await client.upload(content)).status).toBe(200);
    expect(await quota()).toMatchObject({ reserved_bytes: 0, available_bytes: 30 * KB });
  });

  it('counts the bytes of a commit once, also while its .gitattributes is written for a large file', async () => {
    await leave(300 * KB);
    expect((await commit(repo, { 'x.dat': randomBytes(200 * KB) })).status).toBe(200);
    expect((await quota()).available_bytes).toBeLessThan(100 * KB);
    expect((await quota()).reserved_bytes).toBe(0);
  });

  it('accepts parallel commits that need exactly the free space together', async () => {
    const repos = [repo, await newRepo(), await newRepo()];
    await leave(12.1 * MB);
    const responses = await Promise.all(repos.map((name) => commit(name, { 'x.dat': randomBytes(4 * MB) })));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('does not count a commit that is refused', async () => {
    const { used_bytes: before } = await quota();
    const body = commitBody('add', fileLine('y.dat', randomBytes(200 * KB)));
    const response = await sendRequest(hub.url, `/api/models/${repo}/commit/main`, {
      method: 'POST',
      headers: { ...alice.headers, 'content-type': 'application/x-ndjson' },
      body: body.replace('"description"', `"parentCommit":"${'0'.repeat(40)}","description"`),
    });
    expect(response.status).toBe(412);
    expect(await quota()).toMatchObject({ used_bytes: before, reserved_bytes: 0 });
  });

  it('counts equal files of a commit once', async () => {
    const content = randomBytes(20 * KB);
    await leave(21 * KB);
    expect((await commit(repo, { 'a.txt': content, 'b.txt': content })).status).toBe(200);
  });

  it('allows everything that adds nothing, even beyond the quota', async () => {
    const content = randomBytes(20 * KB);
    await commit(repo, { 'a.txt': content });
    await setQuota('alice', { quota_bytes: 1 });
    const body = commitBody('delete', ['deletedFile', { path: 'a.txt' }]);
    const headers = { ...alice.headers, 'content-type': 'application/x-ndjson' };
    const path = `/api/models/${repo}/commit/main`;
    expect((await sendRequest(hub.url, path, { method: 'POST', headers, body })).status).toBe(200);
    expect((await commit(repo, { 'again.txt': content })).status).toBe(200);
    expect((await sendRequest(hub.url, `/${repo}/resolve/main/again.txt`)).body).toEqual(content);
    expect((await send('DELETE', '/api/repos/delete', { name: repo })).status).toBe(200);
  });

  it('refuses a transfer to a namespace with too little space, which changes nothing', async () => {
    await commit(repo, { 'a.txt': randomBytes(20 * KB) });
    await leave(10 * KB, 'acme');
    const before = [(await quota()).used_bytes, (await quota('acme')).used_bytes];
    const move = { fromRepo: repo, toRepo: repo.replace('alice', 'acme'), type: 'model' };
    const refused = await send('POST', '/api/repos/move', move);
    expect([refused.status, refused.headers['x-error-message']]).toEqual([
      403,
      expect.stringMatching(
        /^This repository cannot be transferred to "acme": it would then use .* of its storage quota of/,
      ),
    ]);
    expect([(await quota()).used_bytes, (await quota('acme')).used_bytes]).toEqual(before);
    await leave(30 * KB, 'acme');
    expect((await send('POST', '/api/repos/move', move)).status).toBe(200);
    expect((await quota()).used_bytes).toBeLessThan(before[0]! - 20 * KB + 1);
    expect((await quota('acme')).used_bytes).toBeGreaterThanOrEqual(before[1]! + 20 * KB);
  });

  it('limits the number of repositories, also of parallel requests and transfers', async () => {
    const { repositories } = await quota();
    await setQuota('alice', { quota_repositories: repositories + 2 });
    const responses = await Promise.all(Array.from({ length: 5 }, () => createRepo(`alice/parallel-${(count += 1)}`)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 403, 403, 403]);
    expect(responses.find(({ status }) => status === 403)!.headers['x-error-message']).toBe(
      `"alice" has ${repositories + 2} of at most ${repositories + 2} repositories. Delete repositories that are no longer needed, ` +
        'or ask the administrator of this hub for a larger quota.',
    );
    // in the admin API, a 403 would mean a wrong admin token
    const byAdmin = { type: 'model', id: `alice/by-admin-${(count += 1)}` };
    expect((await admin('POST', '/repositories', byAdmin)).status).toBe(409);
    const [fromRepo, toRepo] = [await newRepo('acme'), `alice/moved-${(count += 1)}`];
    expect((await send('POST', '/api/repos/move', { fromRepo, toRepo, type: 'model' })).status).toBe(403);
    expect((await send('POST', '/api/repos/move', { fromRepo: repo, toRepo, type: 'model' })).status).toBe(200);
  });

  it('is set by the administrator, and shown to the owner and to members only', async () => {
    const bob = await createTestUser(hub, 'bob');
    await setQuota('acme', { quota_bytes: 5000, quota_repositories: 3 });
    expect((await admin('GET', '/accounts/acme')).body).toMatchObject({
      quota_bytes: 5000,
      quota_repositories: 3,
      usage: { limit_bytes: 5000, limit_repositories: 3 },
    });
    expect((await send('GET', '/api/quota/acme')).json()).toMatchObject({
      namespace: 'acme',
      is_organization: true,
      quota_bytes: 5000,
      effective_quota_bytes: 5000,
      is_inheriting: false,
      effective_quota_repositories: 3,
    });
    expect((await send('GET', '/api/quota/acme', undefined, bob)).status).toBe(403);
    expect((await sendRequest(hub.url, '/api/quota/acme')).status).toBe(401);
    expect((await send('GET', '/api/quota/nobody-at-all')).status).toBe(404);
    for (const invalid of [-2, 1.5, '10GB', 2 ** 60])
      expect((await admin('PUT', '/accounts/acme', { quota_bytes: invalid })).status).toBe(400);
    await setQuota('acme', { quota_bytes: null, quota_repositories: -1 });
    expect((await send('GET', '/api/quota/acme')).json()).toMatchObject({
      quota_bytes: null,
      effective_quota_bytes: null,
      is_inheriting: true,
      percentage_used: null,
    });
  });

  it('is counted in a metric by reason', async () => {
    await leave(0);
    const refusals = async () => (await scrape(hub.url)).value('hubfall_uploads_refused_total', { reason: 'quota' });
    const before = (await refusals()) ?? 0;
    await commit(repo, { 'a.txt': randomBytes(KB) });
    await preupload(repo, 12_345);
    expect(await refusals()).toBe(before + 2);
  });
});

describe('default quotas', () => {
  beforeAll(() =>
    start({
      KOHAKU_HUB_QUOTA_ACCOUNT: '10kB',
      KOHAKU_HUB_QUOTA_ORGANIZATION: '30kB',
      KOHAKU_HUB_QUOTA_ACCOUNT_REPOSITORIES: '1',
    }),
  );
  afterAll(() => hub.close());

  it('apply to users and organizations without their own quota', async () => {
    const [own, acme] = [await newRepo(), await newRepo('acme')];
    expect((await createRepo('alice/second')).status).toBe(403);
    expect((await createRepo('acme/second')).status).toBe(200);
    expect((await commit(own, { 'a.txt': randomBytes(20 * KB) })).status).toBe(403);
    expect((await commit(acme, { 'a.txt': randomBytes(20 * KB) })).status).toBe(200);
    await setQuota('alice', { quota_bytes: -1, quota_repositories: -1 });
    expect((await commit(own, { 'a.txt': randomBytes(20 * KB) })).status).toBe(200);
    expect((await createRepo('alice/second')).status).toBe(200);
  });
});

describe('the largest file', () => {
  beforeAll(async () => {
    await start({ KOHAKU_HUB_MAX_FILE_SIZE: '19kB' });
    repo = await newRepo();
  });
  afterAll(() => hub.close());

  const MESSAGE = /has 20 kB, but this hub accepts files of at most 19 kB\./;

  it.each(WAYS.filter(([name]) => !name.includes('LFS') && name !== 'a xorb'))(
    'is checked by %s',
    async (_, upload) => {
      const before = await stored();
      const response = await upload(repo);
      expect([response.status, response.headers['x-error-message']]).toEqual([413, expect.stringMatching(MESSAGE)]);
      expect(await stored()).toEqual(before);
    },
  );

  it.each(WAYS.filter(([name]) => name.includes('LFS')))('is an error of the object in %s', async (_, upload) => {
    const response = await upload(repo);
    expect(response.status).toBe(200);
    expect(response.json()).toMatchObject({
      objects: [{ error: { code: 413, message: expect.stringMatching(MESSAGE) as unknown } }],
    });
  });

  it('is checked for the files of a shard before they are built', async () => {
    const { hash, bytes, part, term } = newXorb(10 * KB);
    expect((await postXet(repo, `xorbs/default/${hash}`, bytes)).status).toBe(200);
    const content = Buffer.concat([part(0, 1), part(0, 1)]);
    const before = await stored();
    const response = await postXet(repo, 'shards', shardBytes([fileOf(content, term(0, 1), term(0, 1))]));
    expect([response.status, response.headers['x-error-message']]).toEqual([413, expect.stringMatching(MESSAGE)]);
    expect(await stored()).toEqual(before);
  });
});

describe('a disk with too little free space', () => {
  const content = randomBytes(KB);
  let first: RunningHub;
  beforeAll(async () => {
    await start();
    repo = await newRepo();
    await commit(repo, { 'a.txt': content, 'b.txt': content });
    first = hub;
    await hub.app.close();
    const { dataDir } = hub.config;
    // more than any disk has
    hub = await startHub({ env: { KOHAKU_HUB_DATA_DIR: dataDir, KOHAKU_HUB_MIN_FREE_DISK: '8PB' } });
  });
  afterAll(async () => {
    await hub.close();
    await first.close();
  });

  const MESSAGE = /the disk of the hub has .* free, of which 8 PB must stay free\. Ask the administrator of the hub/;

  it.each(WAYS)('refuses %s before any byte is stored', async (_, upload) => {
    const before = await stored();
    const response = await upload(repo);
    expect([response.status, response.headers['x-error-message']]).toEqual([507, expect.stringMatching(MESSAGE)]);
    expect(await stored()).toEqual(before);
  });

  it('does not affect downloads, and commits that store nothing', async () => {
    expect((await sendRequest(hub.url, `/${repo}/resolve/main/a.txt`)).body).toEqual(content);
    const headers = { ...alice.headers, 'content-type': 'application/x-ndjson' };
    const body = commitBody('delete', ['deletedFile', { path: 'b.txt' }], fileLine('c.txt', content));
    const path = `/api/models/${repo}/commit/main`;
    expect((await sendRequest(hub.url, path, { method: 'POST', headers, body })).status).toBe(200);
  });

  it('is reported by the readiness check and a metric', async () => {
    const ready = await sendRequest(hub.url, '/health/ready');
    expect([ready.status, ready.json()]).toEqual([
      200,
      expect.objectContaining({
        status: 'degraded',
        details: expect.objectContaining({
          disk: {
            status: 'degraded',
            message: expect.stringMatching(
              /^Uploads are refused: .* free on the disk, but 8 PB must stay free$/,
            ) as unknown,
          },
        }) as unknown,
      }),
    ]);
    const metrics = await scrape(hub.url);
    expect(metrics.value('hubfall_component_up', { component: 'disk' })).toBe(0);
    expect(metrics.value('hubfall_storage_free_bytes')).toBeGreaterThan(0);
  });
});
