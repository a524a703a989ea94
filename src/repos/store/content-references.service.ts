import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { HubError } from '../../domain/hub-error.js';
import { forEachConcurrently } from '../../platform/async/for-each-concurrently.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import {
  BLOB_STORE,
  type BlobStore,
  type Expected,
  type PutOptions,
  type StoredBlob,
} from '../../platform/storage/blob-store.js';
import { verifyContent } from '../../platform/storage/verify-content.js';

/** Contents that are looked up in the store at the same time. */
const CONCURRENT_LOOKUPS = 8;

/** Content whose hash is known before it is stored. The other fields are those of `BlobStore.put`. */
export interface AnnouncedContent extends PutOptions {
  readonly sha256: string;
}

/** Content that arrives, and is read when it can be stored. */
export interface IncomingContent {
  readonly announced: AnnouncedContent;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** Content that is about to be relied on, and its size if it is known. */
export type TouchedContent = Pick<AnnouncedContent, 'sha256' | 'size'>;

/**
 * Guards the blob store against the garbage collector. Code that is about to rely on content first updates ("touches") its row in
 * `contents`. The collector deletes content and row in one transaction, and only if the row has not been touched for longer than the grace
 * period.
 */
@Injectable()
export class ContentReferences {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /**
   * Stores content. If the store has it already, `content` is not read. A stored blob of another size is damaged, and replaced.
   *
   * @throws HubError as `BlobStore.put`
   */
  async put(content: Buffer | AsyncIterable<Uint8Array>, announced: AnnouncedContent): Promise<StoredBlob> {
    const { sha256 } = announced;
    const size = await this.touchAndFind(announced);
    if (size !== undefined && size === (announced.size ?? size)) return { sha256, size };
    return this.blobs.put(Buffer.isBuffer(content) ? singlePiece(content) : content, announced);
  }

  /** Stores small contents, by their SHA-256, which the caller has computed. */
  async putAll(contents: ReadonlyMap<string, Buffer>): Promise<void> {
    const known = await this.touch([...contents].map(([sha256, content]) => ({ sha256, size: content.length })));
    const missing = new Map<string, Buffer>();
    await mapConcurrently([...contents], CONCURRENT_LOOKUPS, async ([sha256, content]) => {
      if ((await this.sizeOf(sha256, known)) !== content.length) missing.set(sha256, content);
    });
    if (missing.size > 0) await this.blobs.putAll(missing);
  }

  /**
   * Stores content, reading and verifying all of it even if the store has it already: knowing a hash must not give access to the content.
   * A stored blob of another size is damaged, and replaced.
   *
   * @throws HubError as `BlobStore.put`
   */
  async receive(content: AsyncIterable<Uint8Array>, announced: AnnouncedContent): Promise<StoredBlob> {
    const size = await this.find(announced.sha256);
    return this.confirm(await this.receiveTouched(content, announced, size));
  }

  /**
   * Stores several contents as `receive` does, with two queries. When this returns, nothing is in progress, also after an error.
   *
   * @throws HubError as `receive`
   */
  async receiveAll(contents: readonly IncomingContent[], concurrency: number): Promise<StoredBlob[]> {
    const known = await this.touch(contents.map(({ announced: { sha256 } }) => ({ sha256 })));
    const stored: StoredBlob[] = [];
    await forEachConcurrently(contents, concurrency, async ({ announced, open }) => {
      const size = await this.sizeOf(announced.sha256, known);
      stored.push(await this.receiveTouched(open(), announced, size));
    });
    await this.confirmAll(stored);
    return stored;
  }

  private receiveTouched(
    content: AsyncIterable<Uint8Array>,
    announced: AnnouncedContent,
    size: number | undefined,
  ): Promise<StoredBlob> {
    const isStored = size !== undefined && size === (announced.size ?? size);
    return isStored ? readAndVerify(content, announced) : this.blobs.put(content, announced);
  }

  /**
   * Verifies content that was uploaded to the store under a temporary key and can no longer change. `publish` moves it to its final key if
   * the store does not have the content yet, or not with this size.
   *
   * @throws HubError `BadRequest` if the content differs from the announced hash or size
   */
  async receiveUploaded(
    content: AsyncIterable<Uint8Array>,
    announced: Required<Pick<AnnouncedContent, 'sha256' | 'size'>>,
    publish: () => Promise<void>,
  ): Promise<StoredBlob> {
    const stored = await readAndVerify(content, announced);
    if ((await this.find(announced.sha256)) !== announced.size) await publish();
    return this.confirm(stored);
  }

  /**
   * Stores content whose hash is not known in advance.
   *
   * @throws HubError as `BlobStore.put`
   */
  async putUnhashed(content: AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<StoredBlob> {
    return this.confirm(await this.blobs.put(content, options));
  }

  /** @throws HubError `StorageUnavailable` while the store is known to be down, so that no transfer is begun */
  admit(): void {
    this.blobs.admit();
  }

  /** Touches content and returns its size in bytes; `undefined` if the store does not have it. */
  find(sha256: string): Promise<number | undefined> {
    return this.touchAndFind({ sha256 });
  }

  /** Returns the contents that the store has with their sizes. */
  async intact(contents: readonly StoredBlob[]): Promise<StoredBlob[]> {
    const sizes = await mapConcurrently(contents, CONCURRENT_LOOKUPS, ({ sha256 }) => this.blobs.size(sha256));
    return contents.filter(({ size }, at) => sizes[at] === size);
  }

  private async touchAndFind({ sha256, size }: TouchedContent): Promise<number | undefined> {
    return this.sizeOf(sha256, await this.touch([{ sha256, size }]));
  }

  /** There is a row for each stored content, so others are not looked up in the store, which takes a request to the bucket. */
  private async sizeOf(sha256: string, known: ReadonlySet<string>): Promise<number | undefined> {
    return known.has(sha256) ? this.blobs.size(sha256) : undefined;
  }

  /**
   * Protects content from the collector for its grace period. Must not be called inside a transaction, because the change must be visible
   * to other connections immediately. Notes the sizes that are known, whose sum is the use of the store.
   *
   * @returns the hashes that had a row before. The store does not have the others.
   */
  async touch(contents: readonly TouchedContent[]): Promise<Set<string>> {
    const sizes = new Map(contents.map(({ sha256, size }) => [sha256, size ?? null]));
    // Sorted, so that concurrent statements lock rows in the same order and cannot deadlock. `known` is read before the rows are added.
    const rows = await this.database.query<{ sha256: string }[]>(
      `WITH known AS (SELECT sha256 FROM contents WHERE sha256 = ANY($1)),
       touched AS (
         INSERT INTO contents (sha256, touched_at, size)
         SELECT sha256, now(), size FROM unnest($1::text[], $2::bigint[]) AS row (sha256, size) ORDER BY sha256
         ON CONFLICT (sha256) DO UPDATE SET touched_at = excluded.touched_at, size = coalesce(excluded.size, contents.size))
       SELECT sha256 FROM known`,
      [[...sizes.keys()], [...sizes.values()]],
    );
    return new Set(rows.map(({ sha256 }) => sha256));
  }

  /** An upload may take longer than the grace period, so the content is touched again and must still exist. */
  private async confirm(stored: StoredBlob): Promise<StoredBlob> {
    await this.confirmAll([stored]);
    return stored;
  }

  private async confirmAll(stored: readonly StoredBlob[]): Promise<void> {
    await this.touch(stored);
    await forEachConcurrently(stored, CONCURRENT_LOOKUPS, async ({ sha256 }) => {
      if ((await this.blobs.size(sha256)) !== undefined) return;
      const message = `The content ${sha256} was deleted while it was being uploaded. Upload it again.`;
      throw new HubError('Conflict', message);
    });
  }
}

async function* singlePiece(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content;
}

async function readAndVerify(content: AsyncIterable<Uint8Array>, expected: Expected): Promise<StoredBlob> {
  const digest = verifyContent(content, expected);
  const chunks = digest.content[Symbol.asyncIterator]();
  while (!(await chunks.next()).done);
  return digest.result();
}
