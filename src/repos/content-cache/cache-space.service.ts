import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CacheBlock, type BlockToStore } from './cache-block.js';
import { HeldBytes } from './held-bytes.service.js';
import { HeldBlockStore, type Claim } from './held-blocks.store.js';
import { HeldContentStore, type Removed } from './held-content.store.js';

const EVICTION_BATCH = 20;
/** The disk is assumed to be full for this time after a block could not be written. */
const FULL_MS = 10_000;
/** A full disk is logged this often. */
const WARN_INTERVAL_MS = 60_000;

/** Keeps the content cache within its limit: files that were read least recently are removed for new ones. */
@Injectable()
export class CacheSpace {
  readonly limit: number;
  private readonly logger = new Logger('ContentCache');
  private readonly mutex = new KeyedMutex();
  private warnedAt = -Infinity;
  private fullAt = -Infinity;
  private evictions = 0;

  constructor(
    @Inject(HUB_CONFIG) config: HubConfig,
    private readonly held: HeldContentStore,
    private readonly blocks: HeldBlockStore,
    private readonly bytes: HeldBytes,
  ) {
    this.limit = config.limits.contentCache;
  }

  /** Whether the disk was too full for a block just now. */
  get isDiskFull(): boolean {
    return performance.now() - this.fullAt < FULL_MS;
  }

  /** Files removed by this process to free space. */
  get evicted(): number {
    return this.evictions;
  }

  /** Begins to store a block. */
  begin(block: BlockToStore): CacheBlock {
    const { blocks, bytes } = this;
    return new CacheBlock(block, {
      blocks,
      bytes,
      reserve: () => this.reserve(block.claim, block.bytes),
      onFullDisk: () => this.warnOfFullDisk(),
    });
  }

  private warnOfFullDisk(): void {
    this.fullAt = performance.now();
    if (performance.now() - this.warnedAt < WARN_INTERVAL_MS) return;
    this.warnedAt = performance.now();
    this.logger.warn(
      'The disk is full. Files of sources are delivered without being cached until there is free space.',
    );
  }

  /** Counts the bytes of a block before they are stored, and removes other files for them. Returns false if there is no space. */
  private async reserve(claim: Claim, bytes: number): Promise<boolean> {
    for (;;) {
      const outcome = await this.blocks.reserve(claim, bytes, this.limit);
      if (outcome !== 'full') return outcome === 'reserved';
      if (!(await this.evict(bytes))) return false;
    }
  }

  /** Removes files until the usage is within the limit, for example after the limit was lowered. */
  async shrink(): Promise<void> {
    while ((await this.held.usage()).bytes > this.limit) if (!(await this.evict(0))) return;
  }

  /** Removes a file and its bytes. Does nothing if another fill has claimed it. */
  async remove({ id, owner }: Claim): Promise<Removed | undefined> {
    const removed = await this.held.remove(id, owner);
    if (removed) await this.bytes.delete(removed);
    return removed;
  }

  /** Frees space for a block. Returns false if nothing can be removed. */
  private evict(bytes: number): Promise<boolean> {
    return this.mutex.runExclusive('evict', async () => {
      if ((await this.held.usage()).bytes + bytes <= this.limit) return true;
      for (const { id } of await this.held.leastRecentlyRead(EVICTION_BATCH)) {
        const removed = await this.held.remove(id, randomUUID(), true);
        if (!removed) continue;
        this.evictions += 1;
        await this.bytes.delete(removed);
        return true;
      }
      return false;
    });
  }
}
