import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { BLOCK_STORE, type BlockStore, type PartialFile } from '../../platform/storage/block-store.js';
import { UnreferencedContentStore } from '../gc/unreferenced-content.store.js';
import { HeldContentStore, type Claim, type Removed } from './held-content.store.js';

const EVICTION_BATCH = 20;
/** Content that was touched more recently belongs to a commit in progress. The collector deletes it later if it does not. */
const GRACE_MS = 86_400_000;
const ORPHAN_BATCH = 500;

/** A block to be stored. */
export interface BlockToStore {
  readonly claim: Claim;
  readonly file: PartialFile;
  readonly index: number;
  readonly content: Uint8Array;
  readonly sha256: string;
}

/** Keeps the content cache within its limit: files that were read least recently are removed for new ones. */
@Injectable()
export class CacheSpace {
  /** Identifies this process in claims. */
  readonly owner = randomUUID();
  readonly limit: number;
  private readonly logger = new Logger('ContentCache');
  private readonly mutex = new KeyedMutex();
  private evictions = 0;

  constructor(
    @Inject(HUB_CONFIG) config: HubConfig,
    private readonly held: HeldContentStore,
    private readonly contents: UnreferencedContentStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    @Inject(BLOCK_STORE) private readonly blocks: BlockStore,
  ) {
    this.limit = config.limits.contentCache;
  }

  /** Files removed by this process to make room. */
  get evicted(): number {
    return this.evictions;
  }

  /** Stores a block. Returns false if there is no room for it even without all files that can be removed, or the file is gone. */
  async store({ claim, file, index, content, sha256 }: BlockToStore): Promise<boolean> {
    const block = { index, sha256, bytes: content.byteLength, limit: this.limit };
    try {
      await this.blocks.put(file, index, content);
    } catch (error) {
      if (error instanceof HubError && error.code === 'StorageFull') return false;
      throw error;
    }
    for (;;) {
      const outcome = await this.held.addBlock(claim, block);
      if (outcome !== 'full') return outcome === 'added';
      if (!(await this.evict(content.byteLength))) return false;
    }
  }

  /** Removes files until the usage is within the limit, for example after the limit was lowered. */
  async shrink(): Promise<void> {
    while ((await this.held.usage()).bytes > this.limit) if (!(await this.evict(0))) return;
  }

  /** Removes a file and its bytes. Does nothing if another process is filling it. */
  async remove(id: string): Promise<Removed | undefined> {
    const removed = await this.held.remove(id, this.owner);
    if (removed) await this.deleteBytes(removed);
    return removed;
  }

  /** Deletes blocks of files that are not in the database, after a crash. */
  async deleteOrphans(): Promise<void> {
    const ids: string[] = [];
    for await (const id of this.blocks.list()) ids.push(id);
    for (let at = 0; at < ids.length; at += ORPHAN_BATCH)
      for (const id of await this.held.unknown(ids.slice(at, at + ORPHAN_BATCH))) await this.blocks.drop(id);
  }

  /** Makes room for at least one block. Returns false if nothing can be removed. */
  private evict(bytes: number): Promise<boolean> {
    return this.mutex.runExclusive('evict', async () => {
      if ((await this.held.usage()).bytes + bytes <= this.limit) return true;
      for (const { id } of await this.held.leastRecentlyRead(EVICTION_BATCH)) {
        const removed = await this.held.remove(id, randomUUID());
        if (!removed) continue;
        this.evictions += 1;
        await this.deleteBytes(removed);
        return true;
      }
      return false;
    });
  }

  /** Failures are not reported to the reader: the collector or `deleteOrphans` deletes the bytes later. */
  private async deleteBytes({ id, sha256 }: Removed): Promise<void> {
    try {
      await this.blocks.drop(id);
      if (sha256 === null) return;
      const touchedBefore = new Date(Date.now() - GRACE_MS);
      await this.contents.remove(sha256, touchedBefore, () => this.blobs.delete(sha256));
    } catch (err) {
      this.logger.warn({ err, id }, 'Failed to delete a file of the content cache');
    }
  }
}
