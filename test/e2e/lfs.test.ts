import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { CapabilityService } from '../../src/platform/http/capability.service.js';
import { LocalRepos } from '../support/local-repos.js';
import { ask } from '../support/ask.js';
import { startHub, type RunningHub } from '../support/hub-app.js';
import { follow, LfsClient, lfsObject, sha256 } from '../support/lfs-client.js';
import { person, type Person } from '../support/people.js';

const PART_SIZE = 5_000;

let hub: RunningHub;
let store: LocalRepos;
let alice: Person;
let bob: Person;
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
  [alice, bob] = [await person(hub, 'alice'), await person(hub, 'bob')];
  await make('weights-v1.5');
  await make('secret', true);
  await make('rows', false, 'dataset');
  asAlice = new LfsClient(hub, 'alice/weights-v1.5', alice);
});
afterAll(() => hub.close());

describe('a large file in one piece', () => {
  it('goes up by a link that needs no credentials, is committed, and comes back', async () => {
    const content = randomBytes(3_000);
    const answer = await asAlice.batch('upload', [content], {
      transfers: ['basic', 'multipart'],
      hash_algo: 'sha_256',
    });
    expect(answer).toMatchObject({ transfer: 'basic', objects: [{ ...lfsObject(content) }] });
    const { upload, verify } = answer.objects[0]!.actions!;
    expect((await follow(hub, upload!.href, { method: 'PUT', body: content })).status).toBe(200);
    const json = lfsObject(content);
    expect((await follow(hub, verify!.href, { method: 'POST', json })).status).toBe(200);
    expect((await follow(hub, verify!.href, { method: 'POST', json: { ...json, size: 1 } })).status).toBe(400);
    expect((await asAlice.post('objects/verify', json)).status).toBe(200);
    await commits('weights-v1.5', content);
    const file = await ask(hub.url, '/alice/weights-v1.5/resolve/main/weights.bin');
    expect(file).toMatchObject({ status: 200, body: content });
    expect(file.headers.etag).toBe(`"${sha256(content)}"`);
  });

  it('is not asked for again where it is, and asked for in every other repository', async () => {
    const content = randomBytes(100);
    expect((await asAlice.upload(content)).status).toBe(200);
    expect((await asAlice.batch('upload', [content])).objects).toEqual([lfsObject(content)]);
    const elsewhere = new LfsClient(hub, 'datasets/alice/rows', alice);
    const [object] = (await elsewhere.batch('upload', [content])).objects;
    const lie = await follow(hub, object!.actions!.upload!.href, { method: 'PUT', body: randomBytes(100) });
    expect(lie.status).toBe(400);
    expect((await elsewhere.batch('upload', [content])).objects[0]).toHaveProperty('actions');
    expect((await follow(hub, object!.actions!.upload!.href, { method: 'PUT', body: content })).status).toBe(200);
    expect((await elsewhere.batch('upload', [content])).objects).toEqual([lfsObject(content)]);
  });

  it('may be sent again, and at the same time by two', async () => {
    const content = randomBytes(10_000);
    const href = await asAlice.uploadLink(content);
    const both = await Promise.all([1, 2].map(() => follow(hub, href, { method: 'PUT', body: content })));
    const again = await follow(hub, href, { method: 'PUT', body: Readable.from([content]) });
    expect([...both, again].map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('may be empty', async () => {
    expect((await asAlice.upload(Buffer.alloc(0))).status).toBe(200);
    expect((await asAlice.batch('upload', [Buffer.alloc(0)])).objects[0]).not.toHaveProperty('actions');
  });

  it.each([
    ['other bytes', (content: Buffer) => randomBytes(content.length), 'SHA-256'],
    ['too few bytes', (content: Buffer) => content.subarray(1), 'Content-Length'],
    ['too many bytes', (content: Buffer) => Buffer.concat([content, content]), 'Content-Length'],
    ['too few, unannounced', (content: Buffer) => Readable.from([content.subarray(1)]), 'not 2000 as announced'],
    ['too many, unannounced', (content: Buffer) => Readable.from([content, content]), 'longer than the 2000 bytes'],
  ])('is refused with %s; no commit may name it then', async (_case, sent, why) => {
    const content = randomBytes(2_000);
    const told = await follow(hub, await asAlice.uploadLink(content), { method: 'PUT', body: sent(content) });
    expect(told.status).toBe(400);
    expect(told.json()).toMatchObject({ error: expect.stringContaining(why), message: expect.stringContaining(why) });
    expect((await asAlice.post('objects/verify', lfsObject(content))).status).toBe(404);
    await expect(commits('weights-v1.5', content)).rejects.toMatchObject({ code: 'BadRequest' });
  });

  it('is not read on once it is longer than announced', async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (; sent < 100_000_000; sent += 100_000) yield Buffer.alloc(100_000);
    }
    const href = await asAlice.uploadLink(Buffer.alloc(1000));
    const told = await follow(hub, href, { method: 'PUT', body: Readable.from(endless()) }).catch(() => undefined);
    expect(told?.status ?? 400).toBe(400);
    expect(sent).toBeLessThan(100_000_000);
  });

  it('is refused when its repository is gone', async () => {
    const { id } = await make('short-lived');
    const content = randomBytes(10);
    const href = await new LfsClient(hub, 'alice/short-lived', alice).uploadLink(content);
    await hub.app.get<DataSource>(getDataSourceToken()).query('DELETE FROM repositories WHERE id = $1', [id]);
    expect((await follow(hub, href, { method: 'PUT', body: content })).status).toBe(404);
  });
});

describe('a large file in parts', () => {
  const content = randomBytes(2 * PART_SIZE + 17);
  const part = (number: number): Buffer => content.subarray((number - 1) * PART_SIZE, number * PART_SIZE);

  async function begin(): Promise<{ parts: string[]; complete: string }> {
    const answer = await asAlice.batch('upload', [content], { transfers: ['basic', 'multipart'] });
    expect(answer.transfer).toBe('multipart');
    const { href, header } = answer.objects[0]!.actions!.upload!;
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
    const told = await follow(hub, href, { method: 'PUT', body });
    expect(told.status).toBe(200);
    return told.headers.etag!;
  };

  const complete = (href: string, etags: readonly string[]) =>
    follow(hub, href, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.git-lfs+json' },
      json: { oid: sha256(content), parts: etags.map((etag, at) => ({ partNumber: at + 1, etag })) },
    });

  it('is refused while a part is missing or another one, and the part is named', async () => {
    const upload = await begin();
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

  it('refuses a part of another length, and one that does not exist', async () => {
    const other = Buffer.concat([content, content]);
    const [object] = (await asAlice.batch('upload', [other], { transfers: ['multipart'] })).objects;
    const href = object!.actions!.upload!.header!['00001']!;
    expect((await follow(hub, href, { method: 'PUT', body: Buffer.alloc(10) })).status).toBe(400);
    expect((await follow(hub, href, { method: 'PUT', body: Readable.from([Buffer.alloc(10)]) })).status).toBe(400);
    expect((await follow(hub, href.replace(/1$/, '99'), { method: 'PUT', body: part(1) })).status).toBe(400);
    expect((await follow(hub, href.replace(/1$/, 'x'), { method: 'PUT', body: part(1) })).status).toBe(400);
  });

  it('may be completed again, and at the same time by two', async () => {
    const fresh = randomBytes(PART_SIZE + 1);
    const [object] = (await asAlice.batch('upload', [fresh], { transfers: ['multipart'] })).objects;
    const { href, header } = object!.actions!.upload!;
    const etags = [
      await send(header!['00001']!, fresh.subarray(0, PART_SIZE)),
      await send(header!['00002']!, fresh.subarray(PART_SIZE)),
    ];
    const named = { oid: sha256(fresh), parts: etags.map((etag, at) => ({ partNumber: at + 1, etag })) };
    const finish = () => follow(hub, href, { method: 'POST', json: named });
    const statuses = [...(await Promise.all([finish(), finish()])), await finish()].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200]);
    await commits('weights-v1.5', fresh);
    expect((await ask(hub.url, '/alice/weights-v1.5/resolve/main/weights.bin')).body).toEqual(fresh);
  });

  it('is one piece to a client that knows no parts', async () => {
    const large = randomBytes(3 * PART_SIZE);
    const answer = await asAlice.batch('upload', [large]);
    expect(answer.transfer).toBe('basic');
    expect((await follow(hub, answer.objects[0]!.actions!.upload!.href, { method: 'PUT', body: large })).status).toBe(
      200,
    );
  });
});

describe('downloads of git-lfs', () => {
  const content = randomBytes(1_000);
  beforeAll(async () => {
    await new LfsClient(hub, 'alice/secret', alice).upload(content);
  });

  const link = async (): Promise<string> => {
    const answer = await new LfsClient(hub, 'alice/secret', alice).batch('download', [content]);
    return answer.objects[0]!.actions!.download!.href;
  };

  it.each([
    [undefined, 200, 0, 1000],
    ['bytes=10-19', 206, 10, 20],
    ['bytes=990-', 206, 990, 1000],
    ['bytes=-5', 206, 995, 1000],
  ])('Range %s is %d', async (range, status, start, end) => {
    const told = await follow(hub, await link(), { headers: range === undefined ? {} : { range } });
    expect(told).toMatchObject({ status, body: content.subarray(start, end) });
    expect(told.headers.etag).toBe(`"${sha256(content)}"`);
    expect(told.headers['content-length']).toBe(`${end - start}`);
  });

  it('refuse a range behind the end, and take If-None-Match', async () => {
    const beyond = await follow(hub, await link(), { headers: { range: 'bytes=1000-' } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers['content-range']).toBe('bytes */1000');
    const known = await follow(hub, await link(), { headers: { 'if-none-match': `"${sha256(content)}"` } });
    expect(known.status).toBe(304);
  });

  it('tell of files that are not there, each by itself', async () => {
    const answer = await new LfsClient(hub, 'alice/secret', alice).batch('download', [content, randomBytes(3)]);
    expect(answer.objects.map(({ error }) => error?.code)).toEqual([undefined, 404]);
  });

  it('do not open an upload link, nor does a download link take bytes', async () => {
    const asUpload = (await link()).replace('/lfs/download/', '/lfs/upload/');
    expect((await follow(hub, asUpload, { method: 'PUT', body: content })).status).toBe(403);
  });
});

describe('who may', () => {
  const objects = [lfsObject(Buffer.from('x'))];

  it.each([
    ['nobody upload', 'alice/weights-v1.5', () => undefined, 'upload', 401],
    ['a stranger upload', 'alice/weights-v1.5', () => bob, 'upload', 403],
    ['nobody download from a public repository', 'alice/weights-v1.5', () => undefined, 'download', 200],
    ['a stranger look into a private repository', 'alice/secret', () => bob, 'download', 404],
    ['nobody look into a private repository', 'alice/secret', () => undefined, 'download', 401],
    ['nobody look into what is not there', 'alice/nothing', () => undefined, 'download', 401],
    ['a stranger upload to a private repository', 'alice/secret', () => bob, 'upload', 404],
    ['somebody upload to what is not there', 'alice/nothing', () => alice, 'upload', 404],
  ])('%s', async (_case, repo, who, operation, status) => {
    const told = await new LfsClient(hub, repo, who()).post('objects/batch', { operation, objects });
    expect(told.status).toBe(status);
    expect(told.headers['content-type']).toMatch(/^application\/vnd\.git-lfs\+json/);
    if (status !== 200) expect(told.json()).toMatchObject({ message: expect.any(String), error: expect.any(String) });
    expect(told.headers['lfs-authenticate'] === undefined).toBe(status !== 401);
  });

  it('git-lfs sends its token as a password', async () => {
    const authorization = `Basic ${Buffer.from(`any:${alice.token}`).toString('base64')}`;
    const told = await ask(hub.url, '/alice/secret.git/info/lfs/objects/batch', {
      ...{ method: 'POST', headers: { authorization, 'content-type': 'application/vnd.git-lfs+json; charset=utf-8' } },
      json: {
        operation: 'upload',
        transfers: ['ssh', 'basic', 'lfs-standalone-file'],
        ref: { name: 'refs/heads/main' },
        objects,
      },
    });
    expect(told.json()).toMatchObject({ transfer: 'basic', objects: [{ actions: { upload: {} } }] });
  });

  it('a link that is forged or expired opens nothing', async () => {
    const href = await asAlice.uploadLink(Buffer.from('abc'));
    expect((await follow(hub, `${href.slice(0, -2)}AA`, { method: 'PUT', body: 'abc' })).status).toBe(403);
    const claims = { repository: 1, oid: sha256(Buffer.from('abc')), size: 3 };
    const old = hub.app.get(CapabilityService, { strict: false }).sign('lfs-upload', claims, -1);
    expect((await follow(hub, `${hub.url}/lfs/upload/${old}`, { method: 'PUT', body: 'abc' })).status).toBe(403);
  });
});

describe('a batch that is not right', () => {
  it.each([
    ['an upper-case hash', { oid: 'A'.repeat(64), size: 1 }],
    ['a short hash', { oid: 'abc', size: 1 }],
    ['no hash', { size: 1 }],
    ['a negative size', { oid: 'a'.repeat(64), size: -1 }],
    ['a size in words', { oid: 'a'.repeat(64), size: '1' }],
    ['nothing at all', null],
  ])('answers %s with an error of that object', async (_case, object) => {
    const good = lfsObject(Buffer.from('good'));
    const told = await asAlice.post('objects/batch', { operation: 'upload', objects: [object, good] });
    expect(told.status).toBe(200);
    expect(told.json()).toMatchObject({
      objects: [
        { oid: expect.any(String), size: expect.any(Number), error: { code: 422, message: expect.any(String) } },
        { ...good, actions: {} },
      ],
    });
  });

  it('answers another size than that of the file it has with an error of that object', async () => {
    const content = randomBytes(10);
    await asAlice.upload(content);
    const told = await asAlice.post('objects/batch', {
      operation: 'upload',
      objects: [{ oid: sha256(content), size: 11 }],
    });
    expect(told.json()).toMatchObject({ objects: [{ error: { code: 422 } }] });
  });

  it.each([
    ['another operation', { operation: 'delete', objects: [] }],
    ['no objects', { operation: 'upload' }],
    ['another hash', { operation: 'upload', objects: [], hash_algo: 'sha1' }],
    ['too many objects', { operation: 'upload', objects: Array.from({ length: 1001 }, () => ({})) }],
  ])('is refused whole for %s', async (_case, request) => {
    const told = await asAlice.post('objects/batch', request);
    expect(told.status).toBe(400);
    expect(told.json()).toMatchObject({ message: expect.stringMatching(/operation|objects|hash_algo/) });
  });

  it('locks are not offered, and git-lfs goes on', async () => {
    const told = await asAlice.post('locks/verify', { ref: { name: 'refs/heads/main' } });
    expect(told.status).toBe(404);
    expect(told.json()).toMatchObject({ message: expect.any(String) });
  });
});

describe('copies between repositories', () => {
  const duplicate = (who: Person, from: string, name: string, hashes: readonly string[]) =>
    ask(hub.url, `/api/models/${from}/lfs-files/duplicate`, {
      ...{ method: 'POST', headers: who.headers },
      json: {
        target: { type: 'dataset', name },
        files: hashes.map((one) => ({ sha256: one, xetHash: 'f'.repeat(64), filename: 'a.bin' })),
      },
    });

  it('give the target what the source has, without moving bytes', async () => {
    const content = randomBytes(50);
    await asAlice.upload(content);
    const other = sha256(randomBytes(3));
    const told = await duplicate(alice, 'alice/weights-v1.5', 'alice/rows', [sha256(content), other]);
    expect(told).toMatchObject({ status: 200 });
    expect(told.json()).toEqual({ failed: [{ sha256: other, error: expect.any(String) }] });
    const target = new LfsClient(hub, 'datasets/alice/rows', alice);
    expect((await target.batch('upload', [content])).objects).toEqual([lfsObject(content)]);
  });

  it('need the right to read the one and to write the other', async () => {
    expect((await duplicate(bob, 'alice/secret', 'alice/rows', [])).status).toBe(404);
    expect((await duplicate(bob, 'alice/weights-v1.5', 'alice/rows', [])).status).toBe(403);
  });
});
