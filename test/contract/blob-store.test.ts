import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { BlobStore } from '../../src/platform/storage/blob-store.js';
import { FsBlobStore } from '../../src/platform/storage/fs-blob-store.js';
import { eventually } from '../support/eventually.js';
import { describeOnEveryStorage } from '../support/storages.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

async function* inChunks(content: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** The length of the first piece of a stream, which is closed then. */
async function firstPiece(stream: AsyncIterable<Uint8Array>): Promise<number> {
  for await (const piece of stream) return piece.length;
  return 0;
}

/** The listed digests with the first two digits of this digest, in order. */
async function namesIn(store: BlobStore, digest: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of store.list(digest.slice(0, 2))) names.push(name);
  return names.sort();
}

describeOnEveryStorage('a blob store', (newStorage) => {
  const newStore = async (): Promise<BlobStore> => (await newStorage()).blobs();

  it.each([0, 1, 5000, 20_000_000])('returns %d stored bytes unchanged', async (length) => {
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
  ])('returns the range %d-%d including both ends', async (start, end) => {
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
  ])('does not store content with %s digest that is interrupted after %d bytes', async (digest, length) => {
    const store = await newStore();
    const content = randomBytes(length);
    async function* broken(): AsyncGenerator<Buffer> {
      yield* inChunks(content, 100_000);
      throw new Error('the client disconnected');
    }
    const expected = digest === 'known' ? { sha256: sha256(content), size: length + 1 } : {};
    await expect(store.put(broken(), expected)).rejects.toThrow('the client disconnected');
    expect(await store.has(sha256(content))).toBe(false);
  });

  it('rejects long content with a different hash and does not store it', async () => {
    const store = await newStore();
    const content = randomBytes(20_000_000);
    const announced = createHash('sha256').update('something else').digest('hex');
    await expect(store.put(inChunks(content, 100_000), { sha256: announced })).rejects.toMatchObject({
      code: 'BadRequest',
    });
    expect(await store.has(sha256(content))).toBe(false);
    expect(await store.has(announced)).toBe(false);
  });

  it('closes the source stream if it rejects the content', async () => {
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

  it('can be pinged', async () => {
    await expect((await newStore()).ping()).resolves.toBeUndefined();
  });

  it('stores small contents together, also if it has some of them', async () => {
    const store = await newStore();
    const contents = new Map(
      Array.from({ length: 100 }, (_, n) => Buffer.from(`content ${n}`)).map((content) => [sha256(content), content]),
    );
    const [first] = contents.keys();
    await store.put(inChunks(contents.get(first!)!));
    await store.putAll(contents);
    for (const [digest, content] of contents) expect(await buffer(store.open(digest))).toEqual(content);
  });

  it('accepts equal content twice', async () => {
    const store = await newStore();
    const content = randomBytes(3000);
    const [first, second] = await Promise.all([store.put(inChunks(content)), store.put(inChunks(content))]);
    expect(second).toEqual(first);
    expect(await buffer(store.open(first.sha256))).toEqual(content);
  });

  it('rejects content with a different hash and does not store it', async () => {
    const store = await newStore();
    const content = randomBytes(100);
    const refused = store.put(inChunks(content), { sha256: 'a'.repeat(64) });
    await expect(refused).rejects.toMatchObject({ code: 'BadRequest' });
    expect(await store.has(sha256(content))).toBe(false);
  });

  it.each([99, 101])('rejects 100 bytes with an announced size of %d and does not store them', async (size) => {
    const store = await newStore();
    const content = randomBytes(100);
    await expect(store.put(inChunks(content, 30), { size })).rejects.toMatchObject({ code: 'BadRequest' });
    expect(await store.has(sha256(content))).toBe(false);
    expect(await store.put(inChunks(content, 30), { size: 100 })).toMatchObject({ size: 100 });
  });

  it('does not list content before it is complete', async () => {
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

  it('accepts equal content from concurrent uploads', async () => {
    const store = await newStore();
    const content = randomBytes(50_000);
    await Promise.all(Array.from({ length: 10 }, () => store.put(inChunks(content))));
    expect(await buffer(store.open(sha256(content)))).toEqual(content);
  });

  it('lists only digests with the given prefix', async () => {
    const store = await newStore();
    const digests: string[] = [];
    for (let at = 0; at < 30; at += 1) digests.push((await store.put(inChunks(randomBytes(20)))).sha256);
    const prefix = digests[0]!.slice(0, 2);
    expect(await namesIn(store, digests[0]!)).toEqual(digests.filter((digest) => digest.startsWith(prefix)).sort());
    await store.delete(digests[0]!);
    expect(await namesIn(store, digests[0]!)).not.toContain(digests[0]);
  });

  it.each(['', '..', 'a', 'abc', 'AB'])('rejects the prefix %j', async (prefix) => {
    const store = await newStore();
    const first = store.list(prefix)[Symbol.asyncIterator]().next();
    await expect(first).rejects.toThrow(TypeError);
  });

  it('rejects content above the maximum size while reading it', async () => {
    const store = await newStore();
    let chunks = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc(((chunks += 1), 10_000));
    }
    await expect(store.put(endless(), { maxSize: 25_000 })).rejects.toMatchObject({ code: 'PayloadTooLarge' });
    expect(chunks).toBeLessThan(20);
  });

  it('does not store interrupted content', async () => {
    const store = await newStore();
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('partial');
      throw new Error('the client disconnected');
    }
    await expect(store.put(broken())).rejects.toThrow('the client disconnected');
    expect(await store.has(sha256(Buffer.from('partial')))).toBe(false);
  });

  it('deletes a blob, also repeatedly', async () => {
    const store = await newStore();
    const { sha256: digest } = await store.put(inChunks(randomBytes(10)));
    await store.delete(digest);
    await store.delete(digest);
    expect(await store.has(digest)).toBe(false);
    expect(await store.size(digest)).toBeUndefined();
  });

  it.each([99, 101])(
    'fails the stream of a blob of 100 bytes that should have %d, also for a range',
    async (blobSize) => {
      const store = await newStore();
      const { sha256: digest } = await store.put(inChunks(randomBytes(100)));
      for (const range of [
        { start: 0, end: blobSize - 1 },
        { start: 5, end: 9 },
      ]) {
        await expect(buffer(store.open(digest, { ...range, blobSize }))).rejects.toMatchObject({
          code: 'ContentMissing',
        });
        expect((await buffer(store.open(digest, { start: 5, end: 9, blobSize: 100 }))).length).toBe(5);
      }
    },
  );

  it('sets a damaged blob aside, so that it is missing and can be stored again', async () => {
    const store = await newStore();
    const content = randomBytes(3000);
    const { sha256: digest } = await store.put(inChunks(content));
    expect(await store.setAside(digest)).toBe(`damaged/${digest}`);
    expect([await store.has(digest), await namesIn(store, digest)]).toEqual([false, []]);
    expect(await store.setAside(digest)).toBeUndefined();
    await store.put(inChunks(content));
    expect(await store.setAside(digest)).toBe(`damaged/${digest}`); // again, after further damage
  });

  it('fails the stream of a missing blob', async () => {
    const store = await newStore();
    await expect(buffer(store.open('b'.repeat(64)))).rejects.toMatchObject({ code: 'ContentMissing' });
  });

  it.each(['', '../../../etc/passwd', 'A'.repeat(64), 'a'.repeat(63)])('rejects the digest %j', async (digest) => {
    const store = await newStore();
    await expect(store.size(digest)).rejects.toThrow(TypeError);
    expect(() => store.open(digest)).toThrow(TypeError);
  });
});

describe('the files of a blob store', () => {
  it('are shared by all processes with the folder', async () => {
    const root = await temporaryFolder();
    const [first, second] = [new FsBlobStore(root), new FsBlobStore(root)];
    const content = randomBytes(5000);
    await Promise.all([first.put(inChunks(content)), second.put(inChunks(content))]);
    expect(await buffer(second.open(sha256(content)))).toEqual(content);
    await first.delete(sha256(content));
    expect(await second.has(sha256(content))).toBe(false);
  });

  it.each([
    ['a different hash', { sha256: 'a'.repeat(64) }],
    ['a different size', { size: 99 }],
    ['too many bytes', { maxSize: 99 }],
  ])('leave no part of content with %s', async (_case, expected) => {
    const root = await temporaryFolder();
    await expect(new FsBlobStore(root).put(inChunks(randomBytes(100), 40), expected)).rejects.toThrow();
    expect(await readdir(root)).toEqual(['incoming']);
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  it('are read in small pieces while many are being read', async () => {
    const store = new FsBlobStore(await temporaryFolder());
    const stored = await store.put(inChunks(randomBytes(300_000), 100_000));
    const first = store.open(stored.sha256);
    const many = Array.from({ length: 70 }, () => store.open(stored.sha256));
    const pieces = await Promise.all([first, ...many].map(firstPiece));
    expect([pieces[0], pieces.at(-1)]).toEqual([256 * 1024, 64 * 1024]);
    await eventually(async () => (await firstPiece(store.open(stored.sha256))) === 256 * 1024); // they are closed a little later
  });

  it('are stored in folders of their first hash bytes, without temporary files', async () => {
    const root = await temporaryFolder();
    const { sha256: digest } = await new FsBlobStore(root).put(inChunks(randomBytes(10)));
    expect(await readdir(join(root, digest.slice(0, 2), digest.slice(2, 4)))).toEqual([digest]);
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  it('are deleted by sweep only if incomplete and old', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'incoming'));
    for (const name of ['old', 'recent']) await writeFile(join(root, 'incoming', name), 'partial');
    await utimes(join(root, 'incoming', 'old'), new Date(1000), new Date(1000));
    await new FsBlobStore(root).sweep(new Date(2_000_000));
    expect(await readdir(join(root, 'incoming'))).toEqual(['recent']);
  });
});
