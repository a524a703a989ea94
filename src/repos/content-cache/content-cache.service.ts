import { Readable } from 'node:stream';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { waitForFirstChunk } from '../../platform/storage/wait-for-first-chunk.js';
import { CacheSpace } from './cache-space.service.js';
import { isVerifiable, type CachedFile } from './cached-file.js';
import { Fills, HeldBytes } from './fills.service.js';
import { Followers } from './followers.service.js';
import { HeldContentStore, type HeldContent } from './held-content.store.js';

/** Bytes of a file, and where they come from: the cache, or the source while the cache is filled. */
export interface CachedRead {
  readonly state: 'hit' | 'fill';
  readonly stream: Readable;
  readonly contentType: string | undefined;
}

/** Serves files of sources from this hub, and stores them while they are read for the first time. */
@Injectable()
export class ContentCache implements OnModuleInit {
  private readonly logger = new Logger('ContentCache');

  constructor(
    private readonly held: HeldContentStore,
    private readonly fills: Fills,
    private readonly space: CacheSpace,
    private readonly bytes: HeldBytes,
    private readonly followers: Followers,
  ) {}

  /** Removes what a crash or a lower limit has left behind. Failures do not stop the hub. */
  async onModuleInit(): Promise<void> {
    try {
      await this.space.shrink();
      await this.space.deleteOrphans();
    } catch (err) {
      this.logger.warn({ err }, 'Failed to tidy the content cache');
    }
  }

  /**
   * Reads a range of a file; `undefined` if it cannot be cached, so that it must be requested from its source directly.
   * @throws HubError the error of the source
   */
  async read(file: CachedFile, range: ByteRange, signal: AbortSignal): Promise<CachedRead | undefined> {
    const content = await this.contentOf(file);
    if (!content) return undefined;
    if (content.isPublished) {
      const hit = await this.openPublished(content, range);
      if (hit) return hit;
      await this.space.remove(content.id);
      return this.read(file, range, signal);
    }
    const fill = await this.fills.fillOf(content, file);
    const pieces = fill ? fill.read(range, signal) : this.followers.read({ content, file, signal }, range);
    const stream = Readable.from(pieces, { objectMode: false });
    await waitForFirstChunk(stream);
    return { state: 'fill', stream, contentType: content.contentType ?? undefined };
  }

  /** The bookkeeping of a file, if it may be cached. While the database is unavailable, files are read from their sources. */
  private async contentOf({ identity }: CachedFile): Promise<HeldContent | undefined> {
    if (!isVerifiable(identity) || identity.size > this.space.limit || this.fills.isWrong(identity)) return undefined;
    try {
      return (await this.held.find(identity)) ?? (await this.held.findOrAdd(identity));
    } catch (err) {
      this.logger.warn({ err }, 'The content cache is not used, because the database is unavailable');
      return undefined;
    }
  }

  /** Returns `undefined` if the bytes are missing, although the database has the file. */
  private async openPublished(content: HeldContent, range: ByteRange): Promise<CachedRead | undefined> {
    const { sha256, contentType } = content;
    if ((await this.bytes.blobs.size(sha256!)) !== content.size) return undefined;
    const stream = this.bytes.blobs.open(sha256!, range);
    await waitForFirstChunk(stream);
    return { state: 'hit', stream, contentType: contentType ?? undefined };
  }
}
