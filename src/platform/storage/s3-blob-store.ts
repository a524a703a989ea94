import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { BlobRange, BlobStore, Expected, PutOptions, StoredBlob } from './blob-store.js';
import { BufferReservation } from './buffer-budget.js';
import { mapConcurrently } from '../async/map-concurrently.js';
import { verifyContent } from './verify-content.js';
import { missingContent, sizeProblem, truncatedContent } from './missing-content.js';
import type { S3Bucket } from './s3-bucket.js';
import { blobKey, blobsPrefix, DAMAGED, digestIn, INCOMING } from './s3-keys.js';
import { readObject } from './s3-reading.js';
import { firstPartBytes, writeObject } from './s3-object-writer.js';
import { copyObject, writeSmallObject } from './s3-writing.js';

/** Contents up to this size are buffered until their digest, and so their key, is known. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** Small contents that are sent at the same time. */
const CONCURRENT_OBJECTS = 8;

/** A content while it is received. */
interface Incoming {
  readonly pieces: AsyncGenerator<Uint8Array>;
  /** As `VerifiedContent.result`. */
  readonly result: () => StoredBlob;
  readonly memory: BufferReservation;
}

/** Stores blobs as objects `blobs/ab/cd/<sha256>` of a bucket. In S3, an object becomes visible when it is complete. */
export class S3BlobStore implements BlobStore {
  constructor(private readonly bucket: S3Bucket) {}

  async put(content: AsyncIterable<Uint8Array>, { memory, ...expected }: PutOptions = {}): Promise<StoredBlob> {
    this.admit(); // before the client has sent the content
    const verified = verifyContent(content, expected);
    const pieces = verified.content[Symbol.asyncIterator]() as AsyncGenerator<Uint8Array>;
    const held = await BufferReservation.reserve(memory, firstPartBytes(expected.size ?? expected.maxSize));
    try {
      return await this.receive({ pieces, result: verified.result, memory: held }, expected);
    } finally {
      held.close();
      await pieces.return(undefined); // stops the sender if the store has failed
    }
  }

  async putAll(contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
    this.admit();
    await mapConcurrently([...contents], CONCURRENT_OBJECTS, ([sha256, content]) =>
      writeSmallObject(this.bucket, blobKey(sha256), content),
    );
  }

  open(sha256: string, range?: BlobRange): Readable {
    return readObject(this.bucket, blobKey(sha256), range, {
      missing: (error) => missingContent(sha256, error),
      truncated: (error) => truncatedContent(sha256, error),
      sizeProblem: (size) => range && sizeProblem(sha256, range, size),
    });
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

  async setAside(sha256: string): Promise<string | undefined> {
    const [from, to] = [blobKey(sha256), `${DAMAGED}${sha256}`];
    const object = await this.bucket.head(from);
    if (object === undefined) return undefined;
    await copyObject(this.bucket, { from, to, size: object.size });
    await this.bucket.delete(from);
    return to;
  }

  async *list(prefix: string): AsyncGenerator<string> {
    for await (const { key } of this.bucket.list(blobsPrefix(prefix))) {
      const sha256 = digestIn(key);
      if (sha256 !== undefined) yield sha256;
    }
  }

  /** Does nothing: `S3PartStore.sweep` deletes all unfinished uploads of the bucket. */
  sweep(): Promise<void> {
    return Promise.resolve();
  }

  ping(): Promise<void> {
    return this.bucket.ping();
  }

  admit(): void {
    this.bucket.breaker.admit();
  }

  private async receive({ pieces, result, memory }: Incoming, { sha256, size }: Expected): Promise<StoredBlob> {
    const { buffered, isComplete } = await readStart(pieces);
    let stored: StoredBlob | undefined;
    async function* checked(): AsyncGenerator<Uint8Array> {
      for (let piece = buffered.shift(); piece; piece = buffered.shift()) yield piece;
      if (!isComplete) yield* pieces;
      stored ??= result(); // if this throws before the last part is sent, the object is not created
    }
    if (isComplete) stored = result();
    const digest = sha256 ?? stored?.sha256;
    const key = digest === undefined ? `${INCOMING}${randomUUID()}` : blobKey(digest);
    await writeObject(this.bucket, key, checked(), { size, memory });
    if (digest === undefined) await this.publish(key, stored!);
    return stored!;
  }

  /** Moves a verified upload from its temporary key to the key of its digest. */
  private async publish(key: string, { sha256, size }: StoredBlob): Promise<void> {
    try {
      await copyObject(this.bucket, { from: key, to: blobKey(sha256), size });
    } finally {
      await this.bucket.delete(key).catch(() => undefined); // deleted later by `sweep`
    }
  }
}

/** Reads the start of the content into memory, or all of it if it is small. */
async function readStart(pieces: AsyncGenerator<Uint8Array>): Promise<{ buffered: Uint8Array[]; isComplete: boolean }> {
  const buffered: Uint8Array[] = [];
  for (let bytes = 0; bytes <= MAX_BUFFERED_BYTES;) {
    const { value, done } = await pieces.next();
    if (done) return { buffered, isComplete: true };
    buffered.push(value);
    bytes += value.byteLength;
  }
  return { buffered, isComplete: false };
}
