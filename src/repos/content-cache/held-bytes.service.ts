import { Inject, Injectable, Logger } from '@nestjs/common';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { BLOCK_STORE, type BlockStore } from '../../platform/storage/block-store.js';
import { StorageClaim } from '../../platform/storage/storage-claim.js';
import { UnreferencedContentStore } from '../gc/unreferenced-content.store.js';
import { HeldContentStore, type Removed } from './held-content.store.js';

/** Content that was touched more recently belongs to a commit in progress. The collector deletes it later if it does not. */
const GRACE_MS = 86_400_000;
const ORPHAN_BATCH = 500;

/** The bytes of the content cache: blocks of files that are not complete, and blobs. */
@Injectable()
export class HeldBytes {
  private readonly logger = new Logger('ContentCache');

  constructor(
    @Inject(BLOB_STORE) readonly blobs: BlobStore,
    @Inject(BLOCK_STORE) readonly blocks: BlockStore,
    private readonly contents: UnreferencedContentStore,
    private readonly claim: StorageClaim,
  ) {}

  /** Whether the storage can be used. Nothing is deleted from a storage that belongs to another hub. */
  get isUsable(): boolean {
    return this.claim.findProblem() === undefined;
  }

  /** Deletes the bytes of a removed file. If that fails, the collector or `deleteOrphans` deletes them later. */
  async delete({ id, sha256 }: Removed): Promise<void> {
    try {
      await this.claim.requireOwnership(); // also of a storage that was given to another hub
      await this.blocks.drop(id);
      if (sha256 === null) return;
      const touchedBefore = new Date(Date.now() - GRACE_MS);
      await this.contents.remove(sha256, touchedBefore, () => this.blobs.delete(sha256));
    } catch (err) {
      this.logger.warn({ err, id }, 'Failed to delete a file of the content cache');
    }
  }

  /**
   * Deletes blocks of files that are not in the database, after a crash.
   * @throws HubError if the storage is not available or belongs to another hub
   */
  async deleteOrphans(held: HeldContentStore): Promise<void> {
    await this.claim.requireOwnership();
    const ids: string[] = [];
    for await (const id of this.blocks.list()) ids.push(id);
    for (let at = 0; at < ids.length; at += ORPHAN_BATCH)
      for (const id of await held.unknown(ids.slice(at, at + ORPHAN_BATCH))) await this.blocks.drop(id);
  }
}
