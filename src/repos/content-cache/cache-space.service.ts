import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { PartialFile } from '../../platform/storage/block-store.js';
import { toStorageError } from '../../platform/storage/storage-error.js';
import { HeldBytes } from './held-bytes.service.js';
import { HeldBlockStore, type Claim } from './held-blocks.store.js';
import { HeldContentStore, type Removed } from './held-content.store.js';

const EVICTION_BATCH = 20;
/** A full disk is logged this often. */
const WARN_INTERVAL_MS = 60_000;

/** A block to be stored. */
export interface BlockToStore {
  readonly claim: Claim;
  readonly file: PartialFile;
  readonly index: number;
  readonly pieces: readonly Uint8Array[];
  readonly digest: string;
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof HubError ? error.code : toStorageError(error)?.code;

/** Keeps the content cache within its limit: files that were read least recently are removed for new ones. */
@Injectable()
export class CacheSpace {
  readonly limit: number;
  private readonly logger = new Logger('ContentCache');
  private readonly mutex = new KeyedMutex();
  private warnedAt = -Infinity;
  private evictions = 0;

  constructor(
    @Inject(HUB_CONFIG) config: HubConfig,
    private readonly held: HeldContentStore,
    private readonly blocks: HeldBlockStore,
    private readonly bytes: HeldBytes,
  ) {
    this.limit = config.limits.contentCache;
  }

  /** Files removed by this process to free space. */
  get evicted(): number {
    return this.evictions;
  }

  /** Stores a block. Returns false if there is no space for it even after all other files were removed, or if the file was removed. */
  async store({ claim, file, index, pieces, digest }: BlockToStore): Promise<boolean> {
    const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (!(await this.reserve(claim, bytes))) return false;
    try {
      await this.bytes.blocks.put(file, index, pieces);
    } catch (error) {
      await this.blocks.unreserve(claim, bytes);
      if (codeOf(error) !== 'StorageFull') throw error;
      this.warnOfFullDisk();
      return false;
    }
    const outcome = await this.blocks.add(claim, { index, digest });
    if (outcome === 'removed') await this.bytes.delete({ id: claim.id, sha256: null, bytes });
    return outcome === 'added';
  }

  private warnOfFullDisk(): void {
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
