import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { FileName } from './pin-matcher.js';
import { HeldFileStore, keyOf } from './held-files.store.js';

const MAX_NAMES = 20_000;
/** A name may have been removed by an administrator since it was added. */
const TTL_MS = 60_000;

/** Notes the names under which cached files are read, without delaying their readers. */
@Injectable()
export class HeldNames implements BeforeApplicationShutdown {
  private readonly logger = new Logger('ContentCache');
  private readonly noted = new LRUCache<string, true>({ max: MAX_NAMES, ttl: TTL_MS });
  private readonly pending = new Set<Promise<void>>();

  constructor(private readonly files: HeldFileStore) {}

  note(contentId: string, file: FileName): void {
    const key = `${contentId} ${keyOf(file)}`;
    if (this.noted.has(key)) return;
    this.noted.set(key, true);
    const adding = this.files
      .add(contentId, file)
      .catch((err: unknown) => {
        this.noted.delete(key);
        this.logger.warn({ err, id: contentId }, 'Failed to note the name of a cached file');
      })
      .finally(() => this.pending.delete(adding));
    this.pending.add(adding);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.pending);
  }
}
