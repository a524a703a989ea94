import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { waitForFirstChunk } from '../../platform/storage/wait-for-first-chunk.js';
import { CacheSpace } from './cache-space.service.js';
import { isVerifiable, type CachedFile } from './cached-file.js';
import { Fills } from './fills.service.js';
import { HeldBytes } from './held-bytes.service.js';
import { HeldBlockStore } from './held-blocks.store.js';
import { Followers, type Reading } from './followers.service.js';
import { HeldNames } from './held-names.service.js';
import { HeldContentStore, type HeldContent } from './held-content.store.js';

/** Bytes of a file, and where they come from: the cache, or the source while the cache is filled. */
export interface CachedRead {
  readonly state: 'hit' | 'fill';
  /** As in `X-Cache`: `hit` also while a complete file is being published, `miss` while the disk is full. */
  readonly header: 'hit' | 'fill' | 'miss';
  readonly contentType: string | undefined;
  /** SHA-256 of the file, if the cache has all of it. */
  readonly sha256?: string;
  /**
   * Opens the bytes, and waits for the first ones. The stream must be read or destroyed.
   * @throws HubError the error of the source
   */
  open(): Promise<Readable>;
}

/** Serves files of sources from this hub, and stores them while they are read for the first time. */
@Injectable()
export class ContentCache {
  private readonly logger = new Logger('ContentCache');

  constructor(
    private readonly held: HeldContentStore,
    private readonly fills: Fills,
    private readonly space: CacheSpace,
    private readonly bytes: HeldBytes,
    private readonly followers: Followers,
    private readonly names: HeldNames,
    private readonly stored: HeldBlockStore,
  ) {}

  /**
   * Finds the bytes of a range of a file; `undefined` if it cannot be cached, so that it must be requested from its source directly.
   *
   * @param signal - aborts when the client disconnects
   */
  async find(file: CachedFile, range: ByteRange, signal: AbortSignal): Promise<CachedRead | undefined> {
    const found = await this.contentOf(file);
    if (!found) return undefined;
    const content = await this.published(found);
    const contentType = content.contentType ?? undefined;
    if (!content.isPublished)
      return {
        state: 'fill',
        header: this.fills.isComplete(content.id) ? 'hit' : this.space.isDiskFull ? 'miss' : 'fill',
        contentType,
        open: () => this.openFilling({ content, file, signal }, range),
      };
    const sha256 = content.sha256!;
    const size = await this.bytes.blobs.size(sha256).catch(() => NaN);
    if (size === content.size) {
      const open = (): Promise<Readable> => waitForFirstChunk(this.bytes.blobs.open(sha256, range));
      return { state: 'hit', header: 'hit', contentType, sha256, open };
    }
    // the bytes have been lost; if the storage is not available, the file is read from its source
    const isLost = size === undefined && (await this.space.remove({ id: content.id, owner: randomUUID() }));
    return isLost ? this.find(file, range, signal) : undefined;
  }

  /** A process that ended between the two steps of publishing has left a blob, whose file is not marked as published. */
  private async published(content: HeldContent): Promise<HeldContent> {
    if (content.isPublished || content.sha256 === null) return content;
    try {
      if ((await this.bytes.blobs.size(content.sha256)) !== content.size) return content;
      await this.stored.published(content.id);
      return { ...content, isPublished: true };
    } catch (err) {
      this.logger.warn({ err }, 'Failed to check a file of the content cache');
      return content;
    }
  }

  private async openFilling(reading: Reading, range: ByteRange): Promise<Readable> {
    const { content, file, signal } = reading;
    const fill = await this.fills.fillOf(content, file).catch((err: unknown) => {
      this.logger.warn({ err }, 'The content cache is not used, because the database or the storage is not available');
      return 'unavailable' as const;
    });
    const pieces =
      fill === 'unavailable'
        ? (await file.fetch(range, signal)).bytes
        : (fill?.read(range, signal) ?? this.followers.read(reading, range));
    return waitForFirstChunk(Readable.from(pieces, { objectMode: false }));
  }

  /** The bookkeeping of a file, if it may be cached. While the database is unavailable, files are read from their sources. */
  private async contentOf({ identity, name }: CachedFile): Promise<HeldContent | undefined> {
    const { space, fills, bytes } = this;
    if (!bytes.isUsable || !isVerifiable(identity)) return undefined;
    if (identity.size > space.limit) return undefined;
    try {
      const found = await this.held.find(identity);
      const isVerified = found?.sha256 != null; // perhaps by another process, from a reply that was right
      if (fills.isWrong(identity) && !isVerified) return undefined;
      const content = found ?? (await this.held.findOrAdd(identity));
      this.names.note(content.id, name);
      return content;
    } catch (err) {
      this.logger.warn({ err }, 'The content cache is not used, because the database is unavailable');
      return undefined;
    }
  }
}
