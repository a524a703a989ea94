import { Inject, Injectable, Logger } from '@nestjs/common';
import { BLOB_PREFIXES } from './blob-prefixes.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { PART_STORE, type PartStore } from '../../platform/storage/part-store.js';
import { StorageClaim } from '../../platform/storage/storage-claim.js';
import { LEFTOVER_MS } from '../../platform/storage/stores.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { UnreferencedContentStore } from './unreferenced-content.store.js';
import { HistoryPruner } from './history-pruner.service.js';

const DAY_MS = 86_400_000;

/** Grace period: recently touched content is never collected, even if unreferenced. Commits reference their content within minutes. */
const GRACE_MS = DAY_MS;
/** How long an uploaded LFS object may wait for its commit. */
const UNCOMMITTED_MS = 7 * DAY_MS;
/** How long unreachable commits stay readable: a download may still be running, or a user may want to restore them. */
const UNREACHABLE_MS = 7 * DAY_MS;
/** How long a multipart upload may be idle. Its links expire after the same time. */
const PARTS_MS = DAY_MS;
const ADOPT_BATCH_SIZE = 1000;

/** Result of a garbage collection. */
export interface CollectionResult {
  /** Number of deleted contents. */
  collected: number;
  /** Bytes freed. */
  bytes: number;
}

/** The stores that `CollectorService` uses. */
@Injectable()
export class CollectorIndex {
  constructor(
    readonly contents: UnreferencedContentStore,
    readonly history: HistoryPruner,
  ) {}
}

/**
 * Deletes unreachable history and unreferenced content. See `HistoryStore` and `UnreferencedContentStore.remove` for why concurrent commits
 * cannot lose anything.
 */
@Injectable()
export class CollectorService {
  private readonly logger = new Logger('Collector');
  private readonly mutex = new KeyedMutex();
  private stopped = false;

  constructor(
    private readonly index: CollectorIndex,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    @Inject(PART_STORE) private readonly parts: PartStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly claim: StorageClaim,
  ) {}

  /**
   * Runs one collection, after the one that is running in this process, if any. It deletes nothing if the storage may belong to another hub.
   *
   * @param prefixes - blob prefixes to search for content without a database row
   * @throws HubError `Conflict` if the storage may belong to another hub
   */
  collect(prefixes: readonly string[] = BLOB_PREFIXES): Promise<CollectionResult> {
    return this.mutex.runExclusive('collect', () => this.collectNow(prefixes));
  }

  /** Stops a running collection after its current item. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.mutex.runExclusive('collect', () => Promise.resolve());
  }

  private async collectNow(prefixes: readonly string[]): Promise<CollectionResult> {
    await this.claim.requireOwnership();
    const before = this.ago(GRACE_MS);
    await this.blobs.sweep(this.ago(LEFTOVER_MS));
    await this.parts.sweep(this.ago(PARTS_MS));
    await this.index.contents.deleteStartedUploads(this.ago(2 * PARTS_MS));
    const commits = await this.index.history.prune(this.ago(UNREACHABLE_MS), () => this.stopped);
    const uncommitted = await this.index.contents.deleteUncommittedLfsObjects(before, this.ago(UNCOMMITTED_MS));
    const untracked = await this.adoptUntracked(prefixes);
    const collected = await this.collectUnreferenced(before);
    this.logger.log({ ...collected, commits, uncommitted, strays: untracked }, 'Garbage collection finished');
    return collected;
  }

  private async collectUnreferenced(before: Date): Promise<CollectionResult> {
    const total: CollectionResult = { collected: 0, bytes: 0 };
    for (
      let page = await this.index.contents.page(before, '');
      page;
      page = await this.index.contents.page(before, page.last)
    ) {
      for (const sha256 of page.unused) {
        if (this.stopped) return total;
        await this.collectOne(sha256, before, total);
      }
      if (this.stopped) return total;
    }
    return total;
  }

  /** Failures are logged and retried in the next collection. */
  private async collectOne(sha256: string, before: Date, total: CollectionResult): Promise<void> {
    try {
      const bytes = await this.blobs.size(sha256);
      if (!(await this.index.contents.remove(sha256, before, () => this.blobs.delete(sha256)))) return;
      if (bytes === undefined) return; // another collector has deleted the bytes
      total.collected += 1;
      total.bytes += bytes;
    } catch (err) {
      this.logger.warn({ err, sha256 }, 'Failed to delete unreferenced content');
    }
  }

  /** Adds rows for content that has none, after a crash or a restored backup. A later collection decides whether to delete it. */
  private async adoptUntracked(prefixes: readonly string[]): Promise<number> {
    let untracked = 0;
    for (const prefix of prefixes) {
      let batch: string[] = [];
      for await (const sha256 of this.blobs.list(prefix)) {
        if (this.stopped) return untracked;
        batch.push(sha256);
        if (batch.length < ADOPT_BATCH_SIZE) continue;
        untracked += await this.index.contents.adopt(batch);
        batch = [];
      }
      if (batch.length > 0) untracked += await this.index.contents.adopt(batch);
    }
    return untracked;
  }

  private ago(ms: number): Date {
    return new Date(this.clock().getTime() - ms);
  }
}
