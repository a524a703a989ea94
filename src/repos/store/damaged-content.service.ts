import { Inject, Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { KeyedMutex } from '../../platform/async/keyed-mutex.js';
import { BLOB_STORE, type BlobStore } from '../../platform/storage/blob-store.js';
import { isDamaged } from '../../platform/storage/is-damaged.js';

/** Bytes that are read for one failure, at most. Clients can cause failures, so this is limited. */
const MAX_BYTES = 10_000_000_000;
/** Content that was intact is not read again for this time. */
const INTACT_MS = 3_600_000;
const MAX_INTACT = 10_000;

/** Finds damaged content when an upload has failed that was created from stored content. */
@Injectable()
export class DamagedContent {
  private readonly logger = new Logger('Storage');
  private readonly intact = new LRUCache<string, true>({ max: MAX_INTACT, ttl: INTACT_MS });
  private readonly mutex = new KeyedMutex();

  constructor(@Inject(BLOB_STORE) private readonly blobs: BlobStore) {}

  /**
   * Compares stored contents with their hashes and sets aside those that are damaged, so that other uploads store them again. One failure
   * is examined at a time.
   *
   * @returns whether any was damaged
   */
  setAside(hashes: Iterable<string>): Promise<boolean> {
    return this.mutex.runExclusive('', async () => {
      let bytes = 0;
      let isAny = false;
      for (const sha256 of hashes) {
        const size = this.intact.has(sha256) ? undefined : await this.blobs.size(sha256);
        if (size === undefined || (bytes += size) > MAX_BYTES) continue;
        if (await isDamaged(this.blobs, sha256)) isAny = (await this.move(sha256)) || isAny;
        else this.intact.set(sha256, true);
      }
      return isAny;
    });
  }

  private async move(sha256: string): Promise<boolean> {
    const place = await this.blobs.setAside(sha256);
    if (place === undefined) return false;
    this.logger.error(
      `The stored content with the SHA-256 ${sha256} is damaged. It was moved to ${place}, and is stored again when a client uploads it. Run check --hashes all to find the files that have it, and other damage.`,
    );
    return true;
  }
}
