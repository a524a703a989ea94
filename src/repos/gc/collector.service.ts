import { Inject, Injectable, Logger } from '@nestjs/common';
import { BLOB_PREFIXES } from './blob-prefixes.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { PART_STORE, type PartStore } from '../../platform/storage/part-store.js';
import { StorageClaim } from '../../platform/storage/storage-claim.js';
import { LEFTOVER_MS } from '../../platform/storage/stores.js';
import { mapConcurrently } from '../../platform/async/map-concurrently.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { UnreferencedContentStore } from './unreferenced-content.store.js';
import { HistoryPruner } from './history-pruner.service.js';
import { ProgressReport, type OnProgress } from './progress-report.js';
import type { CollectionProgress } from './collection.entity.js';

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
const SIZES_AT_ONCE = 8;

/** Result of a garbage collection. */
export interface CollectionResult extends Pick<CollectionProgress, 'deleted' | 'freedBytes'> {
  /** False if it was stopped. */
  readonly isComplete: boolean;
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
  private stopped = false;

  constructor(
    private readonly index: CollectorIndex,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    @Inject(PART_STORE) private readonly parts: PartStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly claim: StorageClaim,
  ) {}

  /**
   * Runs a collection. Concurrent ones are safe, but slower; `CollectionJobs` prevents them. It deletes nothing if the storage may belong to another hub.
   *
   * @param prefixes - blob prefixes to search for content without a database row
   * @throws HubError `Conflict` if the storage may belong to another hub
   */
  async collect(
    prefixes: readonly string[] = BLOB_PREFIXES,
    onProgress: OnProgress = () => undefined,
  ): Promise<CollectionResult> {
    await this.claim.requireOwnership();
    const progress = new ProgressReport(onProgress);
    const before = this.ago(GRACE_MS);
    progress.add({ step: 'uploads' });
    await this.blobs.sweep(this.ago(LEFTOVER_MS));
    await this.parts.sweep(this.ago(PARTS_MS));
    await this.index.contents.deleteStartedUploads(this.ago(2 * PARTS_MS));
    progress.add({ step: 'history' });
    const commits = await this.index.history.prune(this.ago(UNREACHABLE_MS), () => this.stopped);
    const uncommitted = await this.index.contents.deleteUncommittedLfsObjects(before, this.ago(UNCOMMITTED_MS));
    progress.add({ step: 'store' });
    const untracked = await this.adoptUntracked(prefixes);
    await this.sizeContents();
    progress.add({ step: 'contents', total: await this.index.contents.count() });
    await this.collectUnreferenced(before, progress);
    const { deleted, freedBytes } = progress.now;
    const result = { deleted, freedBytes, isComplete: !this.stopped };
    this.logger.log({ ...result, commits, uncommitted, strays: untracked }, 'Garbage collection finished');
    return result;
  }

  /** @throws HubError `Conflict` if the storage may belong to another hub */
  requireOwnership(): Promise<void> {
    return this.claim.requireOwnership();
  }

  /** Stops a running collection after its current item. */
  stop(): void {
    this.stopped = true;
  }

  private async collectUnreferenced(before: Date, progress: ProgressReport): Promise<void> {
    for (
      let page = await this.index.contents.page(before, '');
      page && !this.stopped;
      page = await this.index.contents.page(before, page.last)
    ) {
      progress.add({ examined: page.rows, unreferenced: page.unreferenced - page.unused.length });
      for (const sha256 of page.unused) {
        if (this.stopped) return;
        await this.collectOne(sha256, before, progress);
      }
    }
  }

  /** Failures are logged and retried in the next collection. */
  private async collectOne(sha256: string, before: Date, progress: ProgressReport): Promise<void> {
    try {
      const bytes = await this.blobs.size(sha256);
      if (!(await this.index.contents.remove(sha256, before, () => this.blobs.delete(sha256)))) return;
      if (bytes === undefined) return; // another collector has deleted the bytes
      progress.add({ deleted: 1, freedBytes: bytes });
    } catch (err) {
      this.logger.warn({ err, sha256 }, 'Failed to delete unreferenced content');
    }
  }

  /** Looks up the sizes that writers have not noted, for the sum of all sizes. */
  private async sizeContents(): Promise<void> {
    for (
      let page = await this.index.contents.unsized('');
      page.length > 0 && !this.stopped;
      page = await this.index.contents.unsized(page.at(-1)!)
    ) {
      const found = await mapConcurrently(page, SIZES_AT_ONCE, async (sha256) => ({
        sha256,
        size: await this.blobs.size(sha256),
      }));
      await this.index.contents.noteSizes(found);
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
