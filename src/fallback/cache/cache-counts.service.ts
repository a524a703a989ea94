import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { clusterKeyPrefix } from '../../platform/cluster/cluster-key-prefix.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { RedisLink } from '../../platform/cluster/redis-link.js';
import { SharedBindings, type Shelf } from './shared-bindings.store.js';

/** What the admin sees of the cache. */
export interface CacheStats {
  readonly size: number;
  readonly maxsize: number;
  readonly ttl_seconds: number;
  readonly usage_percent: number;
  readonly hits: number;
  readonly misses: number;
  /** 0 to 1; 0 before the first look-up. */
  readonly hit_rate: number;
  readonly negative_size: number;
  /** Profiles and pictures of sources' accounts that this process remembers, and their bytes. */
  readonly answers_size: number;
  readonly answers_bytes: number;
  /** Remembered answers about commits. */
  readonly metadata_size: number;
  readonly backend: 'memory' | 'redis';
}

/** Somebody wants to know what the cluster has counted. */
const ASKED = new Topic<null>('counts-asked');

const shareOf = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;

/** Counts how often the cache helps: here, where it costs nothing, and put together for the cluster when somebody asks. */
@Injectable()
export class CacheCountsService implements BeforeApplicationShutdown {
  private readonly counted = { hits: 0, misses: 0 };
  /** How much of it the cluster knows of. */
  private told = { hits: 0, misses: 0 };
  private readonly key: string;

  constructor(
    private readonly link: RedisLink,
    private readonly shared: SharedBindings,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {
    this.key = `${clusterKeyPrefix(config)}counts`;
    cluster.on(ASKED, () => this.report());
  }

  /** What this process has counted since its start. */
  get own(): { readonly hits: number; readonly misses: number } {
    return this.counted;
  }

  note(isHit: boolean): void {
    if (isHit) this.counted.hits++;
    else this.counted.misses++;
  }

  /** The cluster's figures; this process's own where there is no cluster, or nothing is heard of it. */
  async stats(
    here: Readonly<Record<Shelf, number>>,
    answers: { readonly answers: number; readonly bytes: number },
  ): Promise<CacheStats> {
    const { cacheMaxSize, cacheTtlSeconds } = this.config.fallback;
    const fleets = await this.fleets();
    const { bindings, denials, metadata, hits, misses } = fleets ?? { ...here, ...this.counted };
    return {
      size: bindings,
      maxsize: cacheMaxSize,
      ttl_seconds: cacheTtlSeconds,
      usage_percent: Math.round((bindings / cacheMaxSize) * 10_000) / 100,
      hits,
      misses,
      hit_rate: shareOf(hits, hits + misses),
      negative_size: denials,
      answers_size: answers.answers,
      answers_bytes: answers.bytes,
      metadata_size: metadata,
      backend: fleets ? 'redis' : 'memory',
    };
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.report();
  }

  private async fleets(): Promise<(Record<Shelf, number> & typeof this.counted) | undefined> {
    if (!this.cluster.isConnected || this.link.state === 'off') return undefined;
    await this.report();
    await this.cluster.publish(ASKED, null);
    const sizes = await this.shared.sizes();
    const counts = await this.link.command((redis) => redis.hGetAll(this.key));
    return sizes && counts && { ...sizes, hits: Number(counts['hits'] ?? 0), misses: Number(counts['misses'] ?? 0) };
  }

  /** Adds to the cluster's what has been counted here since the last time. */
  private async report(): Promise<void> {
    const { told } = this;
    this.told = { ...this.counted };
    const [hits, misses] = [this.told.hits - told.hits, this.told.misses - told.misses];
    if (hits + misses === 0) return;
    const done = await this.link.command((redis) =>
      redis.multi().hIncrBy(this.key, 'hits', hits).hIncrBy(this.key, 'misses', misses).exec(),
    );
    if (done === undefined) this.told = { hits: this.told.hits - hits, misses: this.told.misses - misses };
  }
}
