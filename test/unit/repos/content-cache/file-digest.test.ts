import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ArrivedBlock } from '../../../../src/repos/content-cache/arrived-block.js';
import { digestLike } from '../../../../src/repos/content-cache/block-digest.js';
import { DigestThread } from '../../../../src/repos/content-cache/digest-thread.service.js';
import { FileDigest } from '../../../../src/repos/content-cache/file-digest.js';

const CONTENT = randomBytes(5_000_000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const GIT_ID = createHash('sha1').update(`blob ${CONTENT.length}\0`).update(CONTENT).digest('hex');

/** The content from an offset on, in pieces of a size. */
function* piecesOf(size: number, start = 0): Generator<Uint8Array> {
  for (let at = start; at < CONTENT.length; at += size) yield CONTENT.subarray(at, at + size);
}
const stored = (start: number) =>
  Promise.resolve(
    (async function* () {
      yield* piecesOf(1_000_000, start);
    })(),
  );

describe('the digests of a file', () => {
  const thread = new DigestThread();
  afterEach(() => thread.onApplicationShutdown());
  const begin = (hasGitId = false): FileDigest =>
    new FileDigest(CONTENT.length, () => thread.begin(CONTENT.length, hasGitId));

  it.each([1000, 65_536, 700_001, CONTENT.length])('are computed in a thread from pieces of %d bytes', async (size) => {
    const digest = begin(true);
    let at = 0;
    for (const piece of piecesOf(size)) {
      void digest.add(at, [piece]);
      at += piece.length;
    }
    expect(digest.isComplete).toBe(true);
    expect(await digest.digests()).toEqual({ sha256: SHA256, gitId: GIT_ID });
  });

  it('are computed from the stored file after bytes that did not arrive in order', async () => {
    const digest = begin();
    await digest.add(0, [CONTENT.subarray(0, 1_000_000)]);
    await digest.add(2_000_000, [CONTENT.subarray(2_000_000)]);
    expect(digest.isComplete).toBe(false);
    expect(await digest.readRest(stored)).toMatchObject({ sha256: SHA256 });
  });

  it('do not include bytes of a block whose request was interrupted', async () => {
    const digest = begin(true);
    digest.mark(0);
    await digest.add(0, [CONTENT.subarray(0, 1_000_000)]);
    digest.mark(1_000_000);
    await digest.add(1_000_000, [Buffer.alloc(500_000)]);
    digest.rewind(0); // an earlier block: has no effect
    digest.rewind(1_000_000);
    await digest.add(1_000_000, [CONTENT.subarray(1_000_000)]);
    expect(digest.isComplete).toBe(true);
    expect(await digest.digests()).toEqual({ sha256: SHA256, gitId: GIT_ID });
  });

  it('are computed from the stored file after the thread has crashed', async () => {
    const digest = begin();
    await digest.add(0, [CONTENT.subarray(0, 1_000_000)]);
    await thread.onApplicationShutdown();
    await digest.add(1_000_000, [CONTENT.subarray(1_000_000)]);
    expect(digest.isComplete).toBe(false);
    expect(await digest.readRest(stored)).toMatchObject({ sha256: SHA256 });
  });
});

describe('a block that arrives', () => {
  it.each([1, 1000, 16_384, 70_000])('returns its bytes from any offset, in pieces of %d bytes', async (size) => {
    const content = CONTENT.subarray(0, 300_000);
    const block = new ArrivedBlock(8_000_000);
    for (let at = 0; at < content.length; at += size) block.add(content.subarray(at, at + size));
    expect(Buffer.concat(block.pieces).equals(content)).toBe(true);
    expect(block.pieces.length).toBeLessThan(30); // not an object for each byte
    for (const offset of [0, 1, 65_535, 65_536, 65_537, 299_999]) {
      const bytes = block.bytesFrom(8_000_000 + offset)!;
      expect(content.subarray(offset, offset + bytes.length).equals(bytes)).toBe(true);
    }
    expect([block.bytesFrom(7_999_999), block.bytesFrom(8_300_000)]).toEqual([undefined, undefined]);
    expect(await digestLike(block.digest, [content])).toBe(block.digest);
    block.dropBefore(8_100_000);
    expect(block.bytesFrom(8_000_000)).toBeUndefined();
    expect(Buffer.concat(block.piecesFrom(8_100_000)).equals(content.subarray(100_000))).toBe(true);
  });

  it('has a SHA-256 if an earlier release has stored it', async () => {
    expect(await digestLike(SHA256, [CONTENT])).toBe(SHA256);
  });
});
