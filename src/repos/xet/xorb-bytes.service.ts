import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { decodeChunk, readChunkHeader } from './format/chunk.js';
import { headerOf } from './format/xorb.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { ContentReferences } from '../store/content-references.service.js';
import type { KnownXorb } from './known-xorb.js';
import { sliced } from './sliced.js';

/** Bytes of chance before each xorb. */
const SALT_BYTES = 16;

/**
 * The bytes of xorbs that wait for their shard, in the blob store, so that every replica has them. Salted: no other content can have
 * their hash, so nobody else relies on them and they may go at once.
 */
@Injectable()
export class XorbBytes {
  constructor(
    private readonly vault: ContentReferences,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    @InjectDataSource() private readonly database: DataSource,
  ) {}

  /** What the stored bytes are called. @throws whatever `content` throws; then nothing is kept */
  async keep(content: AsyncIterable<Uint8Array>): Promise<string> {
    const { sha256 } = await this.vault.putUnhashed(salted(content));
    return sha256;
  }

  /** Touched, so that they stay for as long as a shard may take. */
  async has(sha256: string): Promise<boolean> {
    return (await this.vault.find(sha256)) !== undefined;
  }

  /** The contents of the chunks `first` up to `end`. @throws HubError `BadRequest` for a chunk that cannot be decoded */
  async *chunks(
    sha256: string,
    { headers, layout }: KnownXorb,
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
    for await (const piece of sliced(stored, lengths())) {
      yield decodeChunk(header(index), piece.subarray(piece.length - header(index).stored));
      index++;
    }
  }

  async drop(sha256: string): Promise<void> {
    await this.blobs.delete(sha256);
    await this.database.query('DELETE FROM contents WHERE sha256 = $1', [sha256]);
  }
}

async function* salted(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield randomBytes(SALT_BYTES);
  yield* content;
}
