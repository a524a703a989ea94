import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { BLOB_STORE, type BlobStore, type Expected, type StoredBlob } from '../../platform/storage/blob-store.js';
import { digesting } from '../../platform/storage/digesting.js';

/** Content whose hash is known before it is stored. `size`, `maxSize` and the rest as the blob store takes them. */
export interface Announced extends Expected {
  readonly sha256: string;
}

/**
 * The way into the blob store. Whoever relies on content touches its line in the catalogue first: the collector deletes content and
 * line in one transaction, and only where nobody has touched the line for long, so what was touched stays at least that long.
 */
@Injectable()
export class ContentReferences {
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

  /**
   * Takes content from somebody who has to show all of it, byte by byte, even where the store has it: to know a hash is not to have
   * the content.
   * @throws HubError as `BlobStore.put` says
   */
  async receive(content: AsyncIterable<Uint8Array>, announced: Announced): Promise<StoredBlob> {
    const known = (await this.find(announced.sha256)) !== undefined;
    return this.settled(known ? await checked(content, announced) : await this.blobs.put(content, announced));
  }

  /**
   * Takes content that lies in the store already, under a name that nobody looks at, and that nobody can change any more. All of it is
   * read; `publish` gives it its name where the store does not have it.
   * @throws HubError `BadRequest` when it is not as announced
   */
  async receiveArrived(
    content: AsyncIterable<Uint8Array>,
    announced: Required<Pick<Announced, 'sha256' | 'size'>>,
    publish: () => Promise<void>,
  ): Promise<StoredBlob> {
    const stored = await checked(content, announced);
    if ((await this.find(announced.sha256)) === undefined) await publish();
    return this.settled(stored);
  }

  /** Stores content whose hash nobody knows yet. @throws HubError as `BlobStore.put` says */
  async keepUnnamed(content: AsyncIterable<Uint8Array>, expected: Expected = {}): Promise<StoredBlob> {
    return this.settled(await this.blobs.put(content, expected));
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

  /** An upload may take longer than the collector waits: only what is touched and still there afterwards may be relied on. */
  private async settled(stored: StoredBlob): Promise<StoredBlob> {
    if ((await this.find(stored.sha256)) !== undefined) return stored;
    throw new HubError(
      'Conflict',
      `The content ${stored.sha256} was cleaned away while it was received: send it again`,
    );
  }
}

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}

async function checked(content: AsyncIterable<Uint8Array>, expected: Expected): Promise<StoredBlob> {
  const digest = digesting(content, expected);
  const chunks = digest.content[Symbol.asyncIterator]();
  while (!(await chunks.next()).done);
  return digest.result();
}
