import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { decodeChunk, readChunkHeader } from './format/chunk.js';
import { headerOf } from './format/xorb.js';
import type { BufferBudget } from '../../platform/storage/buffer-budget.js';
import { BLOB_STORE, type BlobStore, type StoredBlob } from '../../platform/storage/blob-store.js';
import { ContentReferences } from '../store/content-references.service.js';
import type { StoredXorb } from './stored-xorb.js';
import { splitStream } from './split-stream.js';

/** Number of random bytes before each xorb. */
export const SALT_BYTES = 16;

/**
 * Stores the bytes of xorbs until their shard arrives. They are in the blob store, so that every replica can read them. A random salt gives
 * them a unique hash: no other content refers to them, so they can be deleted without a grace period.
 */
@Injectable()
export class XorbBytes {
  constructor(
    private readonly references: ContentReferences,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    @InjectDataSource() private readonly database: DataSource,
  ) {}

  /**
   * @returns the hash and number of the stored bytes
   * @throws the error of `content`; nothing is stored then
   */
  store(content: AsyncIterable<Uint8Array>, memory?: BufferBudget): Promise<StoredBlob> {
    return this.references.putUnhashed(salted(content), { memory });
  }

  /** Whether the bytes are stored. Protects them from garbage collection until the shard can arrive. */
  async has(sha256: string): Promise<boolean> {
    return (await this.references.find(sha256)) !== undefined;
  }

  /** Protects bytes from garbage collection while they are read. */
  async touch(hashes: readonly string[]): Promise<void> {
    await this.references.touch(hashes.map((sha256) => ({ sha256 })));
  }

  /** Whether bytes that have been touched are stored. */
  isStored(sha256: string): Promise<boolean> {
    return this.blobs.has(sha256);
  }

  /**
   * The decompressed chunks from `first` up to, but not including, `end`.
   *
   * @throws HubError `BadRequest` if a chunk cannot be decoded
   */
  async *chunks(
    sha256: string,
    { headers, layout }: StoredXorb,
    first: number,
    end: number,
  ): AsyncGenerator<Uint8Array> {
    const storedAt = (index: number): number => layout.storedAt[index]!;
    const stored = this.blobs.open(sha256, {
      start: SALT_BYTES + storedAt(first),
      end: SALT_BYTES + storedAt(end) - 1,
    });
    const header = (index: number) => readChunkHeader(headerOf(headers, index), index);
    function* lengths(): Generator<number> {
      for (let index = first; index < end; index++) yield storedAt(index + 1) - storedAt(index);
    }
    let index = first;
    for await (const piece of splitStream(stored, lengths())) {
      yield decodeChunk(header(index), piece.subarray(piece.length - header(index).stored));
      index++;
    }
  }

  async deleteAll(hashes: readonly string[]): Promise<void> {
    if (hashes.length === 0) return;
    for (const sha256 of hashes) await this.blobs.delete(sha256);
    await this.database.query('DELETE FROM contents WHERE sha256 = ANY($1)', [hashes]);
  }
}

async function* salted(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield randomBytes(SALT_BYTES);
  yield* content;
}
