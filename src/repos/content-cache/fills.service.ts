import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { LRUCache } from 'lru-cache';
import type { HubError } from '../../domain/hub-error.js';
import { blockBytesOf } from '../../platform/storage/block-store.js';
import { CacheSpace } from './cache-space.service.js';
import type { CachedFile } from './cached-file.js';
import { Fill } from './fill.js';
import { FillingFile } from './filling-file.js';
import { HeldBytes } from './held-bytes.service.js';
import { HeldBlockStore, LEASE_SECONDS, type HeldBlock } from './held-blocks.store.js';
import type { FileIdentity, HeldContent } from './held-content.store.js';

/** How long a file that was wrong is passed on without the cache. */
const WRONG_MS = 3_600_000;
const MAX_WRONG = 1000;
const NOT_DISCARDED = 'Failed to discard a wrong file';

/** The files that this process fills. A process must claim a file before it fills it, so that a file is requested from its source once. */
@Injectable()
export class Fills implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('ContentCache');
  private readonly fills = new Map<string, Promise<Fill | undefined>>();
  private readonly wrong = new LRUCache<string, true>({ max: MAX_WRONG, ttl: WRONG_MS });
  private renewal: NodeJS.Timeout | undefined;

  constructor(
    private readonly blocks: HeldBlockStore,
    private readonly space: CacheSpace,
    private readonly bytes: HeldBytes,
  ) {}

  onModuleInit(): void {
    const renew = (): void => {
      if (this.fills.size === 0) return;
      this.blocks.renew([...this.fills.keys()], this.space.owner).catch((err: unknown) => {
        this.logger.warn({ err }, 'Failed to renew the claims of files of the content cache');
      });
    };
    this.renewal = setInterval(renew, (LEASE_SECONDS * 1000) / 3);
    this.renewal.unref();
  }

  /** Ends all fills. Their blocks stay, and another process continues them. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.renewal);
    for (const fill of await Promise.all(this.fills.values())) fill?.abort();
  }

  /** The number of files that are being filled. */
  get count(): number {
    return this.fills.size;
  }

  /** Whether the source has sent other content than it announces, within the last hour. */
  isWrong(identity: FileIdentity): boolean {
    return this.wrong.has(wrongKey(identity));
  }

  /** The fill of a file in this process, which is begun if no other process has claimed the file. */
  fillOf(content: HeldContent, file: CachedFile): Promise<Fill | undefined> {
    const running = this.fills.get(content.id);
    if (running) return running;
    const fill = this.begin(content, file);
    this.fills.set(content.id, fill);
    fill.then(
      (fillOrNone) => fillOrNone ?? this.fills.delete(content.id),
      () => this.fills.delete(content.id),
    );
    return fill;
  }

  private async begin(content: HeldContent, file: CachedFile): Promise<Fill | undefined> {
    const blocks = await this.blocks.claim({ id: content.id, owner: this.space.owner });
    if (!blocks) return undefined;
    const intact = new Set<number>();
    for (const block of blocks) if (await this.isIntact(content, block)) intact.add(block.index);
    const fill = new Fill(this.newFile(content, file), intact);
    if (fill.isComplete) void fill.settle();
    return fill;
  }

  /** Reads a block that another process has stored, or this one before a restart. A damaged one is removed, and requested again. */
  private async isIntact(content: HeldContent, { index, sha256 }: HeldBlock): Promise<boolean> {
    const blockBytes = blockBytesOf(content.size);
    const range = { start: index * blockBytes, end: Math.min((index + 1) * blockBytes, content.size) - 1 };
    const stored = await this.bytes.blocks
      .open(content, range)
      .then((stream) => buffer(stream))
      .catch(() => undefined);
    if (stored && createHash('sha256').update(stored).digest('hex') === sha256) return true;
    await this.blocks.remove(content.id, index, range.end - range.start + 1);
    return false;
  }

  private newFile(content: HeldContent, source: CachedFile): FillingFile {
    const stores = { blocks: this.blocks, bytes: this.bytes, space: this.space };
    return new FillingFile(content, source, stores, {
      discard: (err) => this.discard(content, err),
      release: (isPublished) => void this.end(content, isPublished),
    });
  }

  private discard(content: HeldContent, err: HubError): void {
    const { id, etag, sourceKey } = content;
    this.logger.error({ err, etag, source: sourceKey }, 'A source sent a wrong file, which was discarded');
    this.wrong.set(wrongKey(content), true);
    this.space.remove(id).catch((error: unknown) => this.logger.warn({ err: error, id }, NOT_DISCARDED));
  }

  private async end({ id }: HeldContent, isPublished: boolean): Promise<void> {
    if (!this.fills.delete(id)) return;
    try {
      await this.blocks.release({ id, owner: this.space.owner });
      if (isPublished) await this.bytes.blocks.drop(id);
    } catch (err) {
      this.logger.warn({ err, id }, 'Failed to release a file of the content cache');
    }
  }
}

const wrongKey = ({ sourceKey, etag, size }: FileIdentity): string => `${sourceKey} ${etag} ${size}`;
