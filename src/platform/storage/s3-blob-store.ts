import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { BlobStore, ByteRange, Expected, StoredBlob } from './blob-store.js';
import { verifyContent } from './verify-content.js';
import type { S3Bucket } from './s3-bucket.js';
import { blobKey, blobsBeginning, digestIn, INCOMING } from './s3-keys.js';
import { readObject } from './s3-reading.js';
import { copyObject, writeObject } from './s3-writing.js';

/** What a body must not exceed to be kept in memory until its digest, and so its name, is known. */
const HELD_BYTES = 1024 * 1024;

/** Blobs as objects `blobs/ab/cd/<sha256>` of a bucket. S3 shows an object when it is whole, and not before. */
export class S3BlobStore implements BlobStore {
  constructor(private readonly bucket: S3Bucket) {}

  async put(content: AsyncIterable<Uint8Array>, expected: Expected = {}): Promise<StoredBlob> {
    const digest = verifyContent(content, expected);
    const pieces = digest.content[Symbol.asyncIterator]() as AsyncGenerator<Uint8Array>;
    try {
      return await this.receive(pieces, digest.result, expected);
    } finally {
      await pieces.return(undefined); // whoever sends is told when the store has failed
    }
  }

  open(sha256: string, range?: ByteRange): Readable {
    return readObject(this.bucket, blobKey(sha256), range);
  }

  async size(sha256: string): Promise<number | undefined> {
    return (await this.bucket.head(blobKey(sha256)))?.size;
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.size(sha256)) !== undefined;
  }

  async delete(sha256: string): Promise<void> {
    await this.bucket.delete(blobKey(sha256));
  }

  async *list(prefix: string): AsyncGenerator<string> {
    for await (const { key } of this.bucket.list(blobsBeginning(prefix))) {
      const sha256 = digestIn(key);
      if (sha256 !== undefined) yield sha256;
    }
  }

  ping(signal?: AbortSignal): Promise<void> {
    return this.bucket.ping(signal);
  }

  private async receive(
    pieces: AsyncGenerator<Uint8Array>,
    result: () => StoredBlob,
    { sha256, size }: Expected,
  ): Promise<StoredBlob> {
    const { held, whole } = await beginning(pieces);
    let stored: StoredBlob | undefined;
    async function* checked(): AsyncGenerator<Uint8Array> {
      yield* held;
      if (!whole) yield* pieces;
      stored ??= result(); // thrown before the last part goes, it keeps the object from being
    }
    if (whole) stored = result();
    const known = sha256 ?? stored?.sha256;
    const key = known === undefined ? `${INCOMING}${randomUUID()}` : blobKey(known);
    await writeObject(this.bucket, key, checked(), size);
    if (known === undefined) await this.name(key, stored!);
    return stored!;
  }

  /** Gives what has come under another name its own. */
  private async name(key: string, { sha256, size }: StoredBlob): Promise<void> {
    try {
      await copyObject(this.bucket, key, blobKey(sha256), size);
    } finally {
      await this.bucket.delete(key).catch(() => undefined); // the collector will
    }
  }
}

/** The first pieces; `whole` when there are no others. */
async function beginning(pieces: AsyncGenerator<Uint8Array>): Promise<{ held: Uint8Array[]; whole: boolean }> {
  const held: Uint8Array[] = [];
  for (let bytes = 0; bytes <= HELD_BYTES;) {
    const { value, done } = await pieces.next();
    if (done) return { held, whole: true };
    held.push(value);
    bytes += value.byteLength;
  }
  return { held, whole: false };
}
