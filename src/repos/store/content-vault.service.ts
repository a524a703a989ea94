import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { BLOB_STORE, type BlobStore, type StoredBlob } from '../../platform/storage/blob-store.js';

/** Content whose hash is known before it is stored. `maxSize` and the rest as the blob store takes them. */
export interface Announced {
  readonly sha256: string;
  readonly maxSize?: number;
}

/**
 * The way into the blob store. Whoever relies on content touches its line in the catalogue first: the collector deletes content and
 * line in one transaction, and only where nobody has touched the line for long, so what was touched stays at least that long.
 */
@Injectable()
export class ContentVault {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * Stores content, unless the store has it: then `content` stays unread.
   * @throws HubError as `BlobStore.put` says
   */
  async keep(content: Buffer | AsyncIterable<Uint8Array>, announced: Announced): Promise<StoredBlob> {
    const { sha256 } = announced;
    const size = await this.find(sha256);
    if (size !== undefined) return { sha256, size };
    return this.blobs.put(Buffer.isBuffer(content) ? pieces(content) : content, announced);
  }

  /** Bytes of what the store has; touched, so that it may be relied on. */
  async find(sha256: string): Promise<number | undefined> {
    await this.touch([sha256]);
    return this.blobs.size(sha256);
  }

  /** Says that this content is about to be relied on. Never inside a transaction of one's own: it must be seen at once. */
  async touch(hashes: readonly string[]): Promise<void> {
    // in one order everywhere, or two of these could wait for each other
    await this.database.query(
      `INSERT INTO contents (sha256, touched_at) SELECT sha256, now() FROM unnest($1::text[]) AS sha256 ORDER BY sha256
       ON CONFLICT (sha256) DO UPDATE SET touched_at = excluded.touched_at`,
      [[...new Set(hashes)].sort()],
    );
  }
}

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}
