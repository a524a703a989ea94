import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { BLOB_STORE, type BlobStore } from '../../src/platform/storage/blob-store.js';
import { CapabilityService } from '../../src/platform/http/capability.service.js';
import { LocalRepos } from '../support/local-repos.js';
import { sendRequest } from '../support/send-request.js';
import type { LfsBatchResponse } from '../../src/repos/store/wire/lfs.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { follow, LfsClient, lfsObject, sha256 } from '../support/lfs-client.js';
import { createTestUser, type TestUser } from '../support/test-users.js';

const PART_SIZE = 5_000;

let hub: RunningHub;
let store: LocalRepos;
let alice: TestUser;
let bob: TestUser;
let asAlice: LfsClient;

async function make(name: string, isPrivate = false, type: 'model' | 'dataset' = 'model') {
  return store.createRepository({ repo: { type, namespace: 'alice', name }, ownerName: 'alice', private: isPrivate });
}

const commits = async (name: string, content: Uint8Array) =>
  store.commit((await store.find({ type: 'model', namespace: 'alice', name }, {}))!, {
    branch: 'main',
    summary: 'weights',
    author: { name: 'alice' },
    operations: [{ kind: 'lfsFile', path: 'weights.bin', sha256: sha256(content), size: content.length }],
  });

beforeAll(async () => {
  hub = await startHub({ env: { KOHAKU_HUB_LFS_PART_SIZE: `${PART_SIZE}` } });
  store = LocalRepos.of(hub.app);
  [alice, bob] = [await createTestUser(hub, 'alice'), await createTestUser(hub, 'bob')];
  await make('weights-v1.5');
  await make('secret', true);
  await make('rows', false, 'dataset');
  asAlice = new LfsClient(hub, 'alice/weights-v1.5', alice);
});
afterAll(() => hub.close());

describe('a basic upload', () => {
  it('uses a URL without credentials; the file can then be committed and downloaded', async () => {
    const content = randomBytes(3_000);
    const response = await asAlice.batch('upload', [content], {
      transfers: ['basic', 'multipart'],
      hash_algo: 'sha_256',
    });
    expect(response).toMatchObject({ transfer: 'basic', objects: [{ ...lfsObject(content) }] });
    const { upload, verify } = response.objects[0]!.actions!;
    expect((await follow(hub, upload!.href, { method: 'PUT', body: content })).status).toBe(200);
    const json = lfsObject(content);
    expect((await follow(hub, verify!.href, { method: 'POST', json })).status).toBe(200);
    expect((await follow(hub, verify!.href, { method: 'POST', json: { ...json, size: 1 } })).status).toBe(400);
    expect((await asAlice.post('objects/verify', json)).status).toBe(200);
    await commits('weights-v1.5', content);
    const file = await sendRequest(hub.url, '/alice/weights-v1.5/resolve/main/weights.bin');
    expect(file).toMatchObject({ status: 200, body: content });
    expect(file.headers.etag).toBe(`"${sha256(content)}"`);
  });

  it('is skipped if the repository has the file, but required for other repositories', async () => {
    const content = randomBytes(100);
    expect((await asAlice.upload(content)).status).toBe(200);
    expect((await asAlice.batch('upload', [content])).objects).toEqual([lfsObject(content)]);
    const elsewhere = new LfsClient(hub, 'datasets/alice/rows', alice);
    const [object] = (await elsewhere.batch('upload', [content])).objects;
    const wrongContent = await follow(hub, object!.actions!.upload!.href, { method: 'PUT', body: randomBytes(100) });
    expect(wrongContent.status).toBe(400);
    expect((await elsewhere.batch('upload', [content])).objects[0]).toHaveProperty('actions');
    expect((await follow(hub, object!.actions!.upload!.href, { method: 'PUT', body: content })).status).toBe(200);
    expect((await elsewhere.batch('upload', [content])).objects).toEqual([lfsObject(content)]);
  });

  it('can be repeated, also concurrently', async () => {
    const content = randomBytes(10_000);
    const href = await asAlice.uploadLink(content);
    const both = await Promise.all([1, 2].map(() => follow(hub, href, { method: 'PUT', body: content })));
    const repeated = await follow(hub, href, { method: 'PUT', body: Readable.from([content]) });
    expect([...both, repeated].map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('can be empty', async () => {
    expect((await asAlice.upload(Buffer.alloc(0))).status).toBe(200);
    expect((await asAlice.batch('upload', [Buffer.alloc(0)])).objects[0]).not.toHaveProperty('actions');
  });

  it.each([
    ['other bytes', (content: Buffer) => randomBytes(content.length), 'SHA-256'],
    ['too few bytes', (content: Buffer) => content.subarray(1), 'Content-Length'],
    ['too many bytes', (content: Buffer) => Buffer.concat([content, content]), 'Content-Length'],
    [
      'too few bytes without Content-Length',
      (content: Buffer) => Readable.from([content.subarray(1)]),
      'instead of the announced 2000',
    ],
    [
      'too many bytes without Content-Length',
      (content: Buffer) => Readable.from([content, content]),
      'longer than the announced 2000 bytes',
    ],
  ])('is refused with %s, and commits cannot use the file', async (_case, sent, reason) => {
    const content = randomBytes(2_000);
    const response = await follow(hub, await asAlice.uploadLink(content), { method: 'PUT', body: sent(content) });
    expect(response.status).toBe(400);
    expect(response.json()).toMatchObject({
      error: expect.stringContaining(reason),
      message: expect.stringContaining(reason),
    });
    expect((await asAlice.post('objects/verify', lfsObject(content))).status).toBe(404);
    await expect(commits('weights-v1.5', content)).rejects.toMatchObject({ code: 'BadRequest' });
  });

  it('is not read further once it exceeds the size in the batch request', async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (; sent < 100_000_000; sent += 100_000) yield Buffer.alloc(100_000);
    }
    const href = await asAlice.uploadLink(Buffer.alloc(1000));
    const response = await follow(hub, href, { method: 'PUT', body: Readable.from(endless()) }).catch(() => undefined);
    expect(response?.status ?? 400).toBe(400);
    expect(sent).toBeLessThan(100_000_000);
  });

  it('is refused if its repository was deleted', async () => {
    const { id } = await make('short-lived');
    const content = randomBytes(10);
    const href = await new LfsClient(hub, 'alice/short-lived', alice).uploadLink(content);
    await hub.app.get<DataSource>(getDataSourceToken()).query('DELETE FROM repositories WHERE id = $1', [id]);
    expect((await follow(hub, href, { method: 'PUT', body: content })).status).toBe(404);
  });
});

describe('a multipart upload', () => {
  const content = randomBytes(2 * PART_SIZE + 17);
  const part = (number: number): Buffer => content.subarray((number - 1) * PART_SIZE, number * PART_SIZE);

  async function start(): Promise<{ parts: string[]; complete: string }> {
    const response = await asAlice.batch('upload', [content], { transfers: ['basic', 'multipart'] });
    expect(response.transfer).toBe('multipart');
    const { href, header } = response.objects[0]!.actions!.upload!;
    const { chunk_size, ...parts } = header!;
    expect(chunk_size).toBe(`${PART_SIZE}`);
    return {
      parts: Object.keys(parts)
        .sort()
        .map((number) => parts[number]!),
      complete: href,
    };
  }

  const send = async (href: string, body: Buffer): Promise<string> => {
    const response = await follow(hub, href, { method: 'PUT', body });
    expect(response.status).toBe(200);
    return response.headers.etag!;
  };

  const complete = (href: string, etags: readonly string[]) =>
    follow(hub, href, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.git-lfs+json' },
      json: { oid: sha256(content), parts: etags.map((etag, at) => ({ partNumber: at + 1, etag })) },
    });

  it('cannot be completed if a part is missing or differs, and the error names the part', async () => {
    const upload = await start();
    const first = await send(upload.parts[0]!, part(1));
    const third = await send(upload.parts[2]!, part(3));
    const etagOfSecond = `"${sha256(part(2))}"`;
    expect((await complete(upload.complete, [first])).json()).toMatchObject({
      message: expect.stringContaining('Part 2'),
    });
    const early = await complete(upload.complete, [first, etagOfSecond, third]);
    expect(early.status).toBe(400);
    expect(early.json()).toMatchObject({ message: expect.stringContaining('Part 2') });
    const wrong = await send(upload.parts[1]!, randomBytes(PART_SIZE));
    expect((await complete(upload.complete, [first, wrong, third])).status).toBe(400);
    expect((await asAlice.post('objects/verify', lfsObject(content))).status).toBe(404);
    expect(await send(upload.parts[1]!, part(2))).toBe(etagOfSecond);
    expect((await complete(upload.complete, [first, etagOfSecond, third])).status).toBe(200);
    expect((await asAlice.post('objects/verify', lfsObject(content))).status).toBe(200);
  });

  it('refuses parts of a wrong length or with an unknown number', async () => {
    const other = Buffer.concat([content, content]);
    const [object] = (await asAlice.batch('upload', [other], { transfers: ['multipart'] })).objects;
    const href = object!.actions!.upload!.header!['00001']!;
    expect((await follow(hub, href, { method: 'PUT', body: Buffer.alloc(10) })).status).toBe(400);
    expect((await follow(hub, href, { method: 'PUT', body: Readable.from([Buffer.alloc(10)]) })).status).toBe(400);
    expect((await follow(hub, href.replace(/1$/, '99'), { method: 'PUT', body: part(1) })).status).toBe(400);
    expect((await follow(hub, href.replace(/1$/, 'x'), { method: 'PUT', body: part(1) })).status).toBe(400);
  });

  it('can be completed repeatedly, also concurrently', async () => {
    const fresh = randomBytes(PART_SIZE + 1);
    const [object] = (await asAlice.batch('upload', [fresh], { transfers: ['multipart'] })).objects;
    const { href, header } = object!.actions!.upload!;
    const etags = [
      await send(header!['00001']!, fresh.subarray(0, PART_SIZE)),
      await send(header!['00002']!, fresh.subarray(PART_SIZE)),
    ];
    const body = { oid: sha256(fresh), parts: etags.map((etag, at) => ({ partNumber: at + 1, etag })) };
    const finish = () => follow(hub, href, { method: 'POST', json: body });
    const statuses = [...(await Promise.all([finish(), finish()])), await finish()].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200]);
    await commits('weights-v1.5', fresh);
    expect((await sendRequest(hub.url, '/alice/weights-v1.5/resolve/main/weights.bin')).body).toEqual(fresh);
  });

  it('is replaced by a basic upload for clients without multipart support', async () => {
    const large = randomBytes(3 * PART_SIZE);
    const response = await asAlice.batch('upload', [large]);
    expect(response.transfer).toBe('basic');
    expect((await follow(hub, response.objects[0]!.actions!.upload!.href, { method: 'PUT', body: large })).status).toBe(
      200,
    );
  });
});

it('a batch of many large files has fewer, larger parts, so that the response stays below 1 MB', async () => {
  const objects = Array.from({ length: 500 }, (_, n) => ({ oid: sha256(Buffer.from(`${n}`)), size: 1000 * PART_SIZE }));
  const request = { operation: 'upload', transfers: ['basic', 'multipart'], objects };
  const response = await asAlice.post('objects/batch', request);
  expect([response.status, response.body.length < 1_000_000]).toEqual([200, true]);
  const few = await asAlice.post('objects/batch', { ...request, objects: objects.slice(0, 50) });
  const headers = (few.json() as LfsBatchResponse).objects.map(({ actions }) => actions!.upload!.header!);
  const [{ chunk_size, ...parts }] = headers as [Record<string, string>];
  expect(few.body.length).toBeLessThan(1_000_000);
  expect([headers.length, Object.keys(parts).length]).toEqual([50, 12]);
  expect(Number(chunk_size) * 12).toBeGreaterThanOrEqual(1000 * PART_SIZE);
});

describe('downloads of git-lfs', () => {
  const content = randomBytes(1_000);
  beforeAll(async () => {
    await new LfsClient(hub, 'alice/secret', alice).upload(content);
  });

  const link = async (): Promise<string> => {
    const response = await new LfsClient(hub, 'alice/secret', alice).batch('download', [content]);
    return response.objects[0]!.actions!.download!.href;
  };

  it.each([
    [undefined, 200, 0, 1000],
    ['bytes=10-19', 206, 10, 20],
    ['bytes=990-', 206, 990, 1000],
    ['bytes=-5', 206, 995, 1000],
  ])('return %2$d for Range %1$s', async (range, status, start, end) => {
    const response = await follow(hub, await link(), { headers: range === undefined ? {} : { range } });
    expect(response).toMatchObject({ status, body: content.subarray(start, end) });
    expect(response.headers.etag).toBe(`"${sha256(content)}"`);
    expect(response.headers['content-length']).toBe(`${end - start}`);
  });

  it('refuse a range beyond the end and support If-None-Match', async () => {
    const beyond = await follow(hub, await link(), { headers: { range: 'bytes=1000-' } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers['content-range']).toBe('bytes */1000');
    const revalidated = await follow(hub, await link(), { headers: { 'if-none-match': `"${sha256(content)}"` } });
    expect(revalidated.status).toBe(304);
  });

  it('report each missing file separately', async () => {
    const response = await new LfsClient(hub, 'alice/secret', alice).batch('download', [content, randomBytes(3)]);
    expect(response.objects.map(({ error }) => error?.code)).toEqual([undefined, 404]);
  });

  it('use URLs that are not valid for uploads', async () => {
    const uploadUrl = (await link()).replace('/lfs/download/', '/lfs/upload/');
    expect((await follow(hub, uploadUrl, { method: 'PUT', body: content })).status).toBe(403);
  });
});

describe('access', () => {
  const objects = [lfsObject(Buffer.from('x'))];

  it.each([
    ['upload by anonymous users', 'alice/weights-v1.5', () => undefined, 'upload', 401],
    ['upload by users without write access', 'alice/weights-v1.5', () => bob, 'upload', 403],
    ['anonymous download from a public repository', 'alice/weights-v1.5', () => undefined, 'download', 200],
    ['download from a private repository by users without access', 'alice/secret', () => bob, 'download', 404],
    ['anonymous download from a private repository', 'alice/secret', () => undefined, 'download', 401],
    ['anonymous download from a missing repository', 'alice/nothing', () => undefined, 'download', 401],
    ['upload to a private repository by users without access', 'alice/secret', () => bob, 'upload', 404],
    ['upload to a missing repository', 'alice/nothing', () => alice, 'upload', 404],
  ])('%s', async (_case, repo, userOf, operation, status) => {
    const response = await new LfsClient(hub, repo, userOf()).post('objects/batch', { operation, objects });
    expect(response.status).toBe(status);
    const type = status === 200 ? /^application\/vnd\.git-lfs\+json/ : /^application\/json/;
    expect(response.headers['content-type']).toMatch(type);
    if (status !== 200)
      expect(response.json()).toMatchObject({ message: expect.any(String), error: expect.any(String) });
    expect(response.headers['lfs-authenticate'] === undefined).toBe(status !== 401);
  });

  it('is granted to a token sent as a password, as by git-lfs', async () => {
    const authorization = `Basic ${Buffer.from(`any:${alice.token}`).toString('base64')}`;
    const response = await sendRequest(hub.url, '/alice/secret.git/info/lfs/objects/batch', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/vnd.git-lfs+json; charset=utf-8' },
      json: {
        operation: 'upload',
        transfers: ['ssh', 'basic', 'lfs-standalone-file'],
        ref: { name: 'refs/heads/main' },
        objects,
      },
    });
    expect(response.json()).toMatchObject({ transfer: 'basic', objects: [{ actions: { upload: {} } }] });
  });

  it('is refused for forged or expired URLs', async () => {
    const href = await asAlice.uploadLink(Buffer.from('abc'));
    expect((await follow(hub, `${href.slice(0, -2)}AA`, { method: 'PUT', body: 'abc' })).status).toBe(403);
    const claims = { repository: 1, oid: sha256(Buffer.from('abc')), size: 3 };
    const expired = hub.app.get(CapabilityService, { strict: false }).sign('lfs-upload', claims, -1);
    expect((await follow(hub, `${hub.url}/lfs/upload/${expired}`, { method: 'PUT', body: 'abc' })).status).toBe(403);
  });
});

describe('an invalid batch request', () => {
  it.each([
    ['an upper-case hash', { oid: 'A'.repeat(64), size: 1 }],
    ['a short hash', { oid: 'abc', size: 1 }],
    ['no hash', { size: 1 }],
    ['a negative size', { oid: 'a'.repeat(64), size: -1 }],
    ['a size as a string', { oid: 'a'.repeat(64), size: '1' }],
    ['null', null],
  ])('has an error for the object with %s', async (_case, object) => {
    const good = lfsObject(Buffer.from('good'));
    const response = await asAlice.post('objects/batch', { operation: 'upload', objects: [object, good] });
    expect(response.status).toBe(200);
    expect(response.json()).toMatchObject({
      objects: [
        { oid: expect.any(String), size: expect.any(Number), error: { code: 422, message: expect.any(String) } },
        { ...good, actions: {} },
      ],
    });
  });

  it('has an error for an object whose size differs from the stored file', async () => {
    const content = randomBytes(10);
    await asAlice.upload(content);
    const response = await asAlice.post('objects/batch', {
      operation: 'upload',
      objects: [{ oid: sha256(content), size: 11 }],
    });
    expect(response.json()).toMatchObject({ objects: [{ error: { code: 422 } }] });
  });

  it.each([
    ['an unknown operation', { operation: 'delete', objects: [] }],
    ['missing objects', { operation: 'upload' }],
    ['an unsupported hash', { operation: 'upload', objects: [], hash_algo: 'sha1' }],
    ['too many objects', { operation: 'upload', objects: Array.from({ length: 1001 }, () => ({})) }],
  ])('is refused for %s', async (_case, request) => {
    const response = await asAlice.post('objects/batch', request);
    expect(response.status).toBe(400);
    const { message } = response.json() as { message: string };
    expect(message).toMatch(/^Validation failed\. "(?:operation|objects|hash_algo)": must [^;]*\.$/);
  });

  it('returns 404 for locks, with which git-lfs continues', async () => {
    const response = await asAlice.post('locks/verify', { ref: { name: 'refs/heads/main' } });
    expect(response.status).toBe(404);
    expect(response.json()).toMatchObject({ message: expect.any(String) });
  });
});

describe('copies between repositories', () => {
  const duplicate = (user: TestUser, from: string, name: string, hashes: readonly string[]) =>
    sendRequest(hub.url, `/api/models/${from}/lfs-files/duplicate`, {
      method: 'POST',
      headers: user.headers,
      json: {
        target: { type: 'dataset', name },
        files: hashes.map((hash) => ({ sha256: hash, xetHash: 'f'.repeat(64), filename: 'a.bin' })),
      },
    });

  it('are added to the target without a transfer', async () => {
    const content = randomBytes(50);
    await asAlice.upload(content);
    const other = sha256(randomBytes(3));
    const response = await duplicate(alice, 'alice/weights-v1.5', 'alice/rows', [sha256(content), other]);
    expect(response).toMatchObject({ status: 200 });
    expect(response.json()).toEqual({ failed: [{ sha256: other, error: expect.any(String) }] });
    const target = new LfsClient(hub, 'datasets/alice/rows', alice);
    expect((await target.batch('upload', [content])).objects).toEqual([lfsObject(content)]);
  });

  it('are refused for content that the storage has lost', async () => {
    const content = randomBytes(60);
    await asAlice.upload(content);
    await hub.app.get<BlobStore>(BLOB_STORE, { strict: false }).delete(sha256(content));
    const response = await duplicate(alice, 'alice/weights-v1.5', 'alice/rows', [sha256(content)]);
    expect(response.json()).toEqual({
      failed: [
        { sha256: sha256(content), error: expect.stringMatching(/missing from the storage of the hub/) as unknown },
      ],
    });
    const target = new LfsClient(hub, 'datasets/alice/rows', alice);
    expect((await target.upload(content)).status).toBe(200);
    expect((await duplicate(alice, 'alice/weights-v1.5', 'alice/rows', [sha256(content)])).json()).toEqual({
      failed: [],
    });
  });

  it('require read access to the source and write access to the target', async () => {
    expect((await duplicate(bob, 'alice/secret', 'alice/rows', [])).status).toBe(404);
    expect((await duplicate(bob, 'alice/weights-v1.5', 'alice/rows', [])).status).toBe(403);
  });
});
