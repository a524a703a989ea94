import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { BlobStore } from '../../src/platform/storage/blob-store.js';
import { FsBlobStore } from '../../src/platform/storage/fs-blob-store.js';
import { describeOnEveryStorage } from '../support/storages.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

async function* inChunks(content: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** What the store lists with the first two digits of this digest, in order. */
async function namesIn(store: BlobStore, digest: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of store.list(digest.slice(0, 2))) names.push(name);
  return names.sort();
}

describeOnEveryStorage('a blob store', (newStorage) => {
  const newStore = async (): Promise<BlobStore> => (await newStorage()).blobs();

  it.each([0, 1, 5000, 20_000_000])('gives back %d bytes as they came', async (length) => {
    const store = await newStore();
    const content = randomBytes(length);
    const stored = await store.put(inChunks(content));
    expect(stored).toEqual({ sha256: sha256(content), size: length });
    const read = await buffer(store.open(stored.sha256));
    expect([read.length, read.equals(content)]).toEqual([length, true]); // Jest takes minutes to compare long buffers
    expect(await store.size(stored.sha256)).toBe(length);
  });

  it.each([
    [0, 0],
    [10, 19],
    [4999, 4999],
    [0, 4999],
  ])('gives the range %d-%d, both ends included', async (start, end) => {
    const store = await newStore();
    const content = randomBytes(5000);
    const stored = await store.put(inChunks(content));
    expect(await buffer(store.open(stored.sha256, { start, end }))).toEqual(content.subarray(start, end + 1));
  });

  it.each([
    ['known', 3_000_000],
    ['known', 20_000_000],
    ['unknown', 3_000_000],
    ['unknown', 20_000_000],
  ])('keeps nothing of content with %s digest that breaks off after %d bytes', async (digest, length) => {
    const store = await newStore();
    const content = randomBytes(length);
    async function* broken(): AsyncGenerator<Buffer> {
      yield* inChunks(content, 100_000);
      throw new Error('the client hung up');
    }
    const expected = digest === 'known' ? { sha256: sha256(content), size: length + 1 } : {};
    await expect(store.put(broken(), expected)).rejects.toThrow('the client hung up');
    expect(await store.has(sha256(content))).toBe(false);
  });

  it('refuses long content with another hash than announced, and keeps nothing of it', async () => {
    const store = await newStore();
    const content = randomBytes(20_000_000);
    const announced = createHash('sha256').update('something else').digest('hex');
    await expect(store.put(inChunks(content, 100_000), { sha256: announced })).rejects.toMatchObject({
      code: 'BadRequest',
    });
    expect(await store.has(sha256(content))).toBe(false);
    expect(await store.has(announced)).toBe(false);
  });

  it('ends its sender when it refuses what comes', async () => {
    const store = await newStore();
    let ended = false;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield Buffer.alloc(1_000_000);
      } finally {
        ended = true;
      }
    }
    await expect(store.put(endless(), { maxSize: 30_000_000 })).rejects.toMatchObject({ code: 'PayloadTooLarge' });
    expect(ended).toBe(true);
  });

  it('is well', async () => {
    await expect((await newStore()).ping()).resolves.toBeUndefined();
  });

  it('takes the same content twice', async () => {
    const store = await newStore();
    const content = randomBytes(3000);
    const [first, second] = await Promise.all([store.put(inChunks(content)), store.put(inChunks(content))]);
    expect(second).toEqual(first);
    expect(await buffer(store.open(first.sha256))).toEqual(content);
  });

  it('refuses content with another hash than announced, and keeps nothing of it', async () => {
    const store = await newStore();
    const content = randomBytes(100);
    const refused = store.put(inChunks(content), { sha256: 'a'.repeat(64) });
    await expect(refused).rejects.toMatchObject({ code: 'BadRequest' });
    expect(await store.has(sha256(content))).toBe(false);
  });

  it.each([99, 101])('refuses 100 bytes where %d were announced, and keeps nothing of them', async (size) => {
    const store = await newStore();
    const content = randomBytes(100);
    await expect(store.put(inChunks(content, 30), { size })).rejects.toMatchObject({ code: 'BadRequest' });
    expect(await store.has(sha256(content))).toBe(false);
    expect(await store.put(inChunks(content, 30), { size: 100 })).toMatchObject({ size: 100 });
  });

  it('shows nothing of content before it is whole', async () => {
    const store = await newStore();
    const content = randomBytes(2000);
    const seen: unknown[] = [];
    async function* watched(): AsyncGenerator<Buffer> {
      for await (const chunk of inChunks(content)) {
        yield chunk;
        seen.push(await store.size(sha256(content)), await namesIn(store, sha256(content)));
      }
    }
    await store.put(watched());
    expect(seen).toEqual([undefined, [], undefined, []]);
    expect(await namesIn(store, sha256(content))).toEqual([sha256(content)]);
  });

  it('takes the same content from many at once', async () => {
    const store = await newStore();
    const content = randomBytes(50_000);
    await Promise.all(Array.from({ length: 10 }, () => store.put(inChunks(content))));
    expect(await buffer(store.open(sha256(content)))).toEqual(content);
  });

  it('lists what begins with two digits, and no other', async () => {
    const store = await newStore();
    const digests: string[] = [];
    for (let at = 0; at < 30; at += 1) digests.push((await store.put(inChunks(randomBytes(20)))).sha256);
    const prefix = digests[0]!.slice(0, 2);
    expect(await namesIn(store, digests[0]!)).toEqual(digests.filter((one) => one.startsWith(prefix)).sort());
    await store.delete(digests[0]!);
    expect(await namesIn(store, digests[0]!)).not.toContain(digests[0]);
  });

  it.each(['', '..', 'a', 'abc', 'AB'])('lists nothing for %j, which is no beginning of a digest', async (prefix) => {
    const store = await newStore();
    const first = store.list(prefix)[Symbol.asyncIterator]().next();
    await expect(first).rejects.toThrow(TypeError);
  });

  it('refuses content that is too long while it comes', async () => {
    const store = await newStore();
    let asked = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc(((asked += 1), 10_000));
    }
    await expect(store.put(endless(), { maxSize: 25_000 })).rejects.toMatchObject({ code: 'PayloadTooLarge' });
    expect(asked).toBeLessThan(20);
  });

  it('keeps nothing of content that breaks off', async () => {
    const store = await newStore();
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('half');
      throw new Error('the client hung up');
    }
    await expect(store.put(broken())).rejects.toThrow('the client hung up');
    expect(await store.has(sha256(Buffer.from('half')))).toBe(false);
  });

  it('deletes, and does not mind deleting again', async () => {
    const store = await newStore();
    const { sha256: digest } = await store.put(inChunks(randomBytes(10)));
    await store.delete(digest);
    await store.delete(digest);
    expect(await store.has(digest)).toBe(false);
    expect(await store.size(digest)).toBeUndefined();
  });

  it('fails the stream of a blob that is not there', async () => {
    const store = await newStore();
    await expect(buffer(store.open('b'.repeat(64)))).rejects.toThrow();
  });

  it.each(['', '../../../etc/passwd', 'A'.repeat(64), 'a'.repeat(63)])('takes %j for no digest', async (digest) => {
    const store = await newStore();
    await expect(store.size(digest)).rejects.toThrow(TypeError);
    expect(() => store.open(digest)).toThrow(TypeError);
  });
});

describe('the files of a blob store', () => {
  it('are seen by every process on the folder', async () => {
    const root = await temporaryFolder();
    const [one, other] = [new FsBlobStore(root), new FsBlobStore(root)];
    const content = randomBytes(5000);
    await Promise.all([one.put(inChunks(content)), other.put(inChunks(content))]);
    expect(await buffer(other.open(sha256(content)))).toEqual(content);
    await one.delete(sha256(content));
    expect(await other.has(sha256(content))).toBe(false);
  });

  it.each([
    ['another hash', { sha256: 'a'.repeat(64) }],
    ['another size', { size: 99 }],
    ['too many bytes', { maxSize: 99 }],
  ])('leave no trace of content with %s', async (_case, expected) => {
    const root = await temporaryFolder();
    await expect(new FsBlobStore(root).put(inChunks(randomBytes(100), 40), expected)).rejects.toThrow();
    expect(await readdir(root)).toEqual(['incoming']);
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  it('lie by the first bytes of their hash, with nothing left over', async () => {
    const root = await temporaryFolder();
    const { sha256: digest } = await new FsBlobStore(root).put(inChunks(randomBytes(10)));
    expect(await readdir(join(root, digest.slice(0, 2), digest.slice(2, 4)))).toEqual([digest]);
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  it('left half received by a crash are swept when they are old, not before', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'incoming'));
    for (const name of ['old', 'young']) await writeFile(join(root, 'incoming', name), 'half');
    await utimes(join(root, 'incoming', 'old'), new Date(1000), new Date(1000));
    await new FsBlobStore(root).sweep(new Date(2_000_000));
    expect(await readdir(join(root, 'incoming'))).toEqual(['young']);
  });
});
