import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { CLUSTER_KEY_PREFIX } from '../../platform/cluster/cluster-key-prefix.js';
import { RedisLink } from '../../platform/cluster/redis-link.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { RedisBindingStore, type EntryKind } from './redis-binding.store.js';

/** Cache statistics for administrators. */
export interface CacheStats {
  readonly size: number;
  readonly maxsize: number;
  readonly ttl_seconds: number;
  readonly usage_percent: number;
  readonly hits: number;
  readonly misses: number;
  /** 0 to 1; 0 before the first lookup. */
  readonly hit_rate: number;
  readonly negative_size: number;
  /** Number of profiles and avatars of external accounts that this process caches. */
  readonly answers_size: number;
  readonly answers_bytes: number;
  /** Cached replies about commits. */
  readonly metadata_size: number;
  readonly backend: 'memory' | 'redis';
}

/** Request for every replica's counters. */
const COUNTS_REQUESTED = new Topic<null>('counts-asked');

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000);

/** Counts hits and misses in this process, and adds up the counts of all replicas when statistics are requested. */
@Injectable()
export class CacheStatsService implements BeforeApplicationShutdown {
  private readonly counts = { hits: 0, misses: 0 };
  /** The counts that have been added to those in Redis. */
  private reported = { hits: 0, misses: 0 };
  private readonly key: string;

  constructor(
    private readonly link: RedisLink,
    private readonly shared: RedisBindingStore,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(CLUSTER_KEY_PREFIX) prefix: string,
  ) {
    this.key = `${prefix}counts`;
    cluster.on(COUNTS_REQUESTED, () => this.report());
  }

  /** Counts of this process since it started. */
  get own(): { readonly hits: number; readonly misses: number } {
    return this.counts;
  }

  count(isHit: boolean): void {
    if (isHit) this.counts.hits++;
    else this.counts.misses++;
  }

  /** Statistics of all replicas, or of this process only if Redis is not configured or does not respond. */
  async stats(
    local: Readonly<Record<EntryKind, number>>,
    answers: { readonly answers: number; readonly bytes: number },
  ): Promise<CacheStats> {
    const { cacheMaxSize, cacheTtlSeconds } = this.config.fallback;
    const shared = await this.sharedStats();
    const { bindings, denials, metadata, hits, misses } = shared ?? { ...local, ...this.counts };
    return {
      size: bindings,
      maxsize: cacheMaxSize,
      ttl_seconds: cacheTtlSeconds,
      usage_percent: Math.round((bindings / cacheMaxSize) * 10_000) / 100,
      hits,
      misses,
      hit_rate: ratio(hits, hits + misses),
      negative_size: denials,
      answers_size: answers.answers,
      answers_bytes: answers.bytes,
      metadata_size: metadata,
      backend: shared ? 'redis' : 'memory',
    };
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.report();
  }

  private async sharedStats(): Promise<(Record<EntryKind, number> & typeof this.counts) | undefined> {
    if (!this.cluster.isConnected || this.link.state === 'off') return undefined;
    await this.report();
    await this.cluster.publish(COUNTS_REQUESTED, null);
    const sizes = await this.shared.sizes();
    const counts = await this.link.command((redis) => redis.hGetAll(this.key));
    return sizes && counts && { ...sizes, hits: Number(counts['hits'] ?? 0), misses: Number(counts['misses'] ?? 0) };
  }

  /** Adds the counts since the last report to those in Redis. */
  private async report(): Promise<void> {
    const before = this.reported;
    this.reported = { ...this.counts };
    const [hits, misses] = [this.reported.hits - before.hits, this.reported.misses - before.misses];
    if (hits + misses === 0) return;
    const reply = await this.link.command((redis) =>
      redis.multi().hIncrBy(this.key, 'hits', hits).hIncrBy(this.key, 'misses', misses).exec(),
    );
    if (reply === undefined) this.reported = { hits: this.reported.hits - hits, misses: this.reported.misses - misses };
  }
}
