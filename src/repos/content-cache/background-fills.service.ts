import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { CachedFile } from './cached-file.js';
import { ContentCache } from './content-cache.service.js';
import { Fills } from './fills.service.js';

/** Further files are not cached in the background until there is space in the queue. */
const MAX_QUEUED = 1000;
const CONCURRENT_FILLS = 2;
/** How long a file waits for the downloads of clients at most. */
const MAX_WAIT_MS = 60_000;
const POLL_MS = 500;

/** Fills the cache with files that clients download elsewhere. Fills that clients wait for come first. */
@Injectable()
export class BackgroundFills implements OnApplicationShutdown {
  private readonly logger = new Logger('ContentCache');
  private readonly queued = new Map<string, CachedFile>();
  private readonly running = new Set<string>();
  /** Number of running files that no longer wait. */
  private started = 0;
  private readonly ending = new AbortController();

  constructor(
    private readonly cache: ContentCache,
    private readonly fills: Fills,
  ) {}

  /** Ends all fills. They continue with the next request for their files. */
  onApplicationShutdown(): void {
    this.ending.abort();
  }

  /** Caches a file, unless that is being done. Does nothing if too many files are waiting. */
  add(file: CachedFile): void {
    const { sourceKey, etag, size } = file.identity;
    const key = `${sourceKey} ${etag} ${size}`;
    if (this.ending.signal.aborted || this.running.has(key) || this.queued.size >= MAX_QUEUED) return;
    this.queued.set(key, file);
    this.next();
  }

  private next(): void {
    const [first] = this.queued;
    if (!first || this.running.size >= CONCURRENT_FILLS) return;
    const [key, file] = first;
    this.queued.delete(key);
    this.running.add(key);
    void this.fill(file)
      .catch((err: unknown) => {
        if (!this.ending.signal.aborted)
          this.logger.warn({ err, etag: file.identity.etag }, 'Failed to cache a file in the background');
      })
      .finally(() => {
        this.running.delete(key);
        if (!this.ending.signal.aborted) this.next();
      });
    this.next();
  }

  private async fill(file: CachedFile): Promise<void> {
    const { signal } = this.ending;
    const deadline = performance.now() + MAX_WAIT_MS;
    while (this.fills.count > this.started && performance.now() < deadline)
      await wait(POLL_MS, undefined, { signal, ref: false });
    this.started += 1;
    try {
      const read = await this.cache.find(file, { start: 0, end: file.identity.size - 1 }, signal);
      if (read?.state !== 'fill') return;
      for await (const piece of await read.open()) void piece;
    } finally {
      this.started -= 1;
    }
  }
}
