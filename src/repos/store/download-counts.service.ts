import { createHmac } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { repoFullName } from '../../domain/repo-id.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { networkOf } from '../../platform/http/client-address.js';
import type { DownloadedRepo, Downloader, SentFile } from './download.js';
import { DownloadEvents, repoColumns } from './download-events.service.js';
import { DownloadStore, type UsageCount } from './download.store.js';

/** All files that a caller fetches from a repository within this time count as one download. */
const DOWNLOAD_WINDOW_MS = 5 * 60_000;
/** Maximum number of recent downloads that are tracked. If there are more, the oldest may be counted again. */
const MAX_RECENT_CALLERS = 100_000;
const FLUSH_MS = 5_000;
/** Events that are written at once; more are written early. */
const MAX_BATCH = 2_000;

type Config = Pick<HubConfig, 'secretKeys'>;

/**
 * The bookkeeping of downloads: statistics of repositories, usage by day, and events of the audit log. They are collected in memory, without a query per
 * download, and written together every few seconds and at shutdown. A crash loses the last few seconds.
 */
@Injectable()
export class DownloadCounts implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('Downloads');
  /** By caller and repository: the time until which further files belong to the same download. */
  private readonly recent = new LRUCache<string, number>({ max: MAX_RECENT_CALLERS });
  /** Keys of anonymous clients, by day and network. */
  private readonly anonymous = new LRUCache<string, string>({ max: MAX_RECENT_CALLERS });
  private pending = new Map<string, UsageCount>();
  private refreshedOn = '';
  private flushing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: DownloadStore,
    private readonly events: DownloadEvents,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HUB_CONFIG) private readonly config: Config,
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

  /** Counts a download, unless it belongs to one that has been counted. */
  record(of: DownloadedRepo, by: Downloader): void {
    const now = this.clock();
    const key = `${keyOf(of)} ${by.caller.accountId ?? by.address}`;
    if ((this.recent.get(key) ?? 0) > now.getTime()) return;
    this.recent.set(key, now.getTime() + DOWNLOAD_WINDOW_MS);
    this.countFor(of, by, now).downloads += 1;
  }

  /** Records that a file, or a part of one, was sent. */
  sent(of: DownloadedRepo, by: Downloader, file: SentFile, bytes: number): void {
    const now = this.clock();
    if (bytes > 0) this.countFor(of, by, now).bytes += bytes;
    this.events.add(of, by, { ...file, at: now, bytes });
    if (this.events.count === MAX_BATCH) void this.flush();
  }

  /** Writes what is pending. Flushes run one after another; what cannot be written is retried by the next flush. */
  flush(): Promise<void> {
    return (this.flushing = this.flushing.then(() => this.write()));
  }

  private async write(): Promise<void> {
    const counts = [...this.pending.values()];
    const events = this.events.oldest(MAX_BATCH);
    this.pending = new Map();
    try {
      if (counts.length + events.length > 0) await this.store.add(counts, events);
      counts.length = 0;
      this.events.written(events.length);
      const today = dayOf(this.clock());
      if (today !== this.refreshedOn) await this.store.refresh(today);
      this.refreshedOn = today;
      if (this.events.count >= MAX_BATCH) await this.write();
    } catch (err) {
      for (const count of counts) this.restore(count);
      this.logger.warn({ message: 'Failed to write downloads; retrying with the next flush', err });
    }
  }

  private countFor(of: DownloadedRepo, { caller, address }: Downloader, now: Date): UsageCount {
    const day = dayOf(now);
    const actor = caller.accountId === undefined ? this.anonymousKey(day, address) : `account ${caller.accountId}`;
    const key = `${keyOf(of)} ${day} ${actor}`;
    const known = this.pending.get(key);
    if (known) return known;
    const account = caller.accountId === undefined ? null : Number(caller.accountId);
    const source = of.repositoryId === undefined ? of.source : '';
    const count = { day, ...repoColumns(of), source, actor, account, downloads: 0, bytes: 0 };
    this.pending.set(key, count);
    return count;
  }

  /** Distinguishes networks on one day, without revealing them or following them over days. */
  private anonymousKey(day: string, address: string): string {
    const network = `${day} ${networkOf(address)}`;
    const known = this.anonymous.get(network);
    if (known !== undefined) return known;
    const key = createHmac('sha256', this.config.secretKeys.at(-1) ?? '')
      .update(network)
      .digest('hex')
      .slice(0, 24);
    this.anonymous.set(network, key);
    return key;
  }

  private restore(count: UsageCount): void {
    const key = `${count.repository ?? `${count.repo_type} ${count.repo_name} ${count.source}`} ${count.day} ${count.actor}`;
    const newer = this.pending.get(key);
    if (!newer) this.pending.set(key, count);
    else Object.assign(newer, { downloads: newer.downloads + count.downloads, bytes: newer.bytes + count.bytes });
  }
}

const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

const keyOf = (of: DownloadedRepo): string =>
  of.repositoryId === undefined ? `${of.repo.type} ${repoFullName(of.repo)} ${of.source}` : String(of.repositoryId);
