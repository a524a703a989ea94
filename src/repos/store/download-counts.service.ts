import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { LRUCache } from 'lru-cache';
import { DownloadStore, type DownloadCount } from './download.store.js';

/** All files that a caller fetches from a repository within this time count as one download. */
const DOWNLOAD_WINDOW_MS = 5 * 60_000;
/** Maximum number of recent downloads that are tracked. If there are more, the oldest may be counted again. */
const MAX_RECENT_CALLERS = 100_000;
const FLUSH_MS = 5_000;

/**
 * Counts downloads in memory, without a query per download, and writes the counts every few seconds and at shutdown. A crash loses the
 * counts of the last few seconds.
 */
@Injectable()
export class DownloadCounts implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('Downloads');
  /** By caller and repository: the time until which further files belong to the same download. */
  private readonly recent = new LRUCache<string, number>({ max: MAX_RECENT_CALLERS });
  private pending = new Map<string, DownloadCount>();
  private refreshedOn = '';
  private flushing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: DownloadStore,
    @Inject(CLOCK) private readonly clock: Clock,
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

  /** @param callerKey - account id or network address of the caller */
  record(repositoryId: number, callerKey: string): void {
    const now = this.clock();
    const key = `${repositoryId} ${callerKey}`;
    if ((this.recent.get(key) ?? 0) > now.getTime()) return;
    this.recent.set(key, now.getTime() + DOWNLOAD_WINDOW_MS);
    this.add({ repositoryId, day: dayOf(now), count: 1 });
  }

  /** Writes the pending counts. Flushes run one after another; counts that cannot be written are retried by the next flush. */
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
      this.logger.warn({ message: 'Failed to write download counts; retrying with the next flush', err });
    }
  }

  private add({ repositoryId, day, count }: DownloadCount): void {
    const key = `${repositoryId} ${day}`;
    this.pending.set(key, { repositoryId, day, count: count + (this.pending.get(key)?.count ?? 0) });
  }
}

const dayOf = (time: Date): string => time.toISOString().slice(0, 10);
