import { Logger, type BeforeApplicationShutdown, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { DownloadCount, DownloadStore } from './download.store.js';

/** Many files of one repository, fetched by one caller in so long, are one download. */
const ONE_DOWNLOAD_MS = 5 * 60_000;
/** Beyond so many callers, who fetched longest ago may count again. */
const MOST_REMEMBERED = 100_000;
const FLUSH_MS = 5_000;

/**
 * Counts downloads in memory, so that none costs a query, and writes them every few seconds and at the end. What a crash takes is the
 * last few seconds' count.
 */
export class DownloadCounts implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('Downloads');
  /** Until when somebody's next file is still the same download. */
  private readonly recent = new LRUCache<string, number>({ max: MOST_REMEMBERED });
  private pending = new Map<string, DownloadCount>();
  private refreshedOn = '';
  private flushing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: DownloadStore,
    private readonly clock: () => Date,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  /** @param who an account or an address, each told from all others */
  note(repositoryId: number, who: string): void {
    const now = this.clock();
    const key = `${repositoryId} ${who}`;
    if ((this.recent.get(key) ?? 0) > now.getTime()) return;
    this.recent.set(key, now.getTime() + ONE_DOWNLOAD_MS);
    this.add({ repositoryId, day: dayOf(now), count: 1 });
  }

  /** Writes what was counted, one flush after another; what cannot be written is kept for the next. */
  flush(): Promise<void> {
    return (this.flushing = this.flushing.then(() => this.write()));
  }

  private async write(): Promise<void> {
    const counts = [...this.pending.values()];
    this.pending = new Map();
    try {
      if (counts.length > 0) await this.store.add(counts);
      counts.length = 0;
      const today = dayOf(this.clock());
      if (today !== this.refreshedOn) await this.store.refresh(today);
      this.refreshedOn = today;
    } catch (err) {
      counts.forEach((count) => this.add(count));
      this.logger.warn({ message: 'Download counts could not be written; they are kept', err });
    }
  }

  private add({ repositoryId, day, count }: DownloadCount): void {
    const key = `${repositoryId} ${day}`;
    this.pending.set(key, { repositoryId, day, count: count + (this.pending.get(key)?.count ?? 0) });
  }
}

const dayOf = (time: Date): string => time.toISOString().slice(0, 10);
