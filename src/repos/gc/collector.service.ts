import { Logger } from '@nestjs/common';
import { BLOB_PREFIXES } from './blob-prefixes.js';
import type { BlobStore } from '../../platform/storage/blob-store.js';
import type { PartStore } from '../../platform/storage/part-store.js';
import { Turns } from '../../platform/async/turns.js';
import type { UnreferencedContentStore } from './unreferenced-content.store.js';
import type { HistoryPruner } from './history-pruner.service.js';

const DAY_MS = 86_400_000;

/** What was touched stays for so long, whatever names it: commits follow their content within minutes. */
const GRACE_MS = DAY_MS;
/** How long a large file may wait for its commit. */
const UNCOMMITTED_MS = 7 * DAY_MS;
/** How long commits that no ref leads to any more can be read: somebody may be downloading them, or want them back. */
const LOST_MS = 7 * DAY_MS;
/** How long an upload in parts may rest: its links are not valid any longer than that. */
const PARTS_MS = DAY_MS;
const ADOPTED_AT_ONCE = 1000;

/** What a collection has freed. */
export interface CollectionResult {
  /** Contents deleted. */
  collected: number;
  /** Their bytes. */
  bytes: number;
}

/**
 * Deletes history that no ref leads to any more, and content that nothing names. `HistoryStore` and `UnreferencedContentStore.remove` tell why no
 * commit can lose anything by that.
 */
export class CollectorService {
  private readonly logger = new Logger('Collector');
  private readonly turns = new Turns();
  private stopped = false;

  constructor(
    private readonly index: { readonly catalogue: UnreferencedContentStore; readonly history: HistoryPruner },
    private readonly blobs: BlobStore,
    private readonly parts: PartStore,
    private readonly clock: () => Date,
  ) {}

  /**
   * Collects once, after whoever is at it in this process.
   * @param prefixes the pieces of the store to look through for what the catalogue does not know
   */
  collect(prefixes: readonly string[] = BLOB_PREFIXES): Promise<CollectionResult> {
    return this.turns.take('collect', () => this.collectNow(prefixes));
  }

  /** Ends a collection that is going on, as soon as it has dealt with what it has in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.turns.take('collect', () => Promise.resolve());
  }

  private async collectNow(prefixes: readonly string[]): Promise<CollectionResult> {
    const before = this.ago(GRACE_MS);
    await this.parts.sweep(this.ago(PARTS_MS));
    await this.index.catalogue.forgetBegun(this.ago(2 * PARTS_MS));
    const commits = await this.index.history.prune(this.ago(LOST_MS), () => this.stopped);
    const uncommitted = await this.index.catalogue.forgetUncommitted(before, this.ago(UNCOMMITTED_MS));
    const strays = await this.adoptStrays(prefixes);
    const collected = await this.collectUnused(before);
    this.logger.log({ ...collected, commits, uncommitted, strays }, 'CollectionResult');
    return collected;
  }

  private async collectUnused(before: Date): Promise<CollectionResult> {
    const total: CollectionResult = { collected: 0, bytes: 0 };
    for (
      let page = await this.index.catalogue.page(before, '');
      page;
      page = await this.index.catalogue.page(before, page.last)
    ) {
      for (const sha256 of page.unused) {
        if (this.stopped) return total;
        await this.collectOne(sha256, before, total);
      }
      if (this.stopped) return total;
    }
    return total;
  }

  /** What cannot be deleted now is left to the next collection. */
  private async collectOne(sha256: string, before: Date, total: CollectionResult): Promise<void> {
    try {
      const bytes = await this.blobs.size(sha256);
      if (!(await this.index.catalogue.remove(sha256, before, () => this.blobs.delete(sha256)))) return;
      if (bytes === undefined) return; // another collector's work, whose bytes were listed a moment before
      total.collected += 1;
      total.bytes += bytes;
    } catch (err) {
      this.logger.warn({ err, sha256 }, 'Not collected');
    }
  }

  /** Content without a row (left by a crash, or put back from a backup) is given one: a later collection decides about it. */
  private async adoptStrays(prefixes: readonly string[]): Promise<number> {
    let strays = 0;
    for (const prefix of prefixes) {
      let some: string[] = [];
      for await (const sha256 of this.blobs.list(prefix)) {
        if (this.stopped) return strays;
        some.push(sha256);
        if (some.length < ADOPTED_AT_ONCE) continue;
        strays += await this.index.catalogue.adopt(some);
        some = [];
      }
      if (some.length > 0) strays += await this.index.catalogue.adopt(some);
    }
    return strays;
  }

  private ago(ms: number): Date {
    return new Date(this.clock().getTime() - ms);
  }
}
