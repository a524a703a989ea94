import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import type { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ReplicatedCache, type Fill } from '../../platform/cluster/replicated-cache.js';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { repoBindingPrefix } from './binding-key.js';
import { BindingStore, type Binding } from './binding.store.js';
import type { CacheEntry, SearchRecorder } from './cache-entry.js';
import { isDerivedFrom, negativeKey } from './cache-keys.js';
import { CacheStatsService, type CacheStats } from './cache-stats.service.js';
import { CommitMetadataCache } from './commit-metadata-cache.service.js';
import { parseNegativeEntry, serializeNegativeEntry } from './negative-entry.js';
import { ProfileCache } from './profile-cache.service.js';
import { RedisBindingStore, type CachedText, type SharedEntry } from './redis-binding.store.js';

const INCONCLUSIVE_TTL_MS = 30_000;

/** Invalidates everything. */
const CLEARED = new Topic<null>('bindings-cleared');
/** Invalidates one repository: the prefix of its keys. */
const EVICTED = new Topic<string>('bindings-evicted');

/**
 * Caches which source a repository is bound to and, for a short time, which requests every source denied: in this process, and in Redis for
 * all replicas. Profiles and commit metadata are invalidated together with the bindings.
 */
@Injectable()
export class FallbackCacheService {
  private readonly negative: ReplicatedCache<HubError>;

  constructor(
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    private readonly store: BindingStore,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
    private readonly shared: RedisBindingStore,
    private readonly statistics: CacheStatsService,
    private readonly profiles: ProfileCache,
    private readonly metadata: CommitMetadataCache,
    @Inject(MONOTONIC_CLOCK) now: MonotonicClock,
  ) {
    const maxEntries = config.fallback.cacheMaxSize;
    this.negative = new ReplicatedCache({ cluster, maxEntries, now, concerns: isDerivedFrom });
    cluster.on(CLEARED, () => this.applyRemote(() => this.clearLocally()));
    cluster.on(EVICTED, (prefix) => this.applyRemote(() => this.evictLocally(prefix)));
  }

  /**
   * The entry of a repository. Counted as a hit or miss.
   * @param probe - identifies the request among those on the same repository
   */
  async find(key: string, probe?: () => string): Promise<CacheEntry> {
    const entry = await this.peek(key, probe);
    this.statistics.count(entry.binding !== undefined);
    return entry;
  }

  /** Like `find`, without counting. */
  async peek(key: string, probe?: () => string): Promise<CacheEntry> {
    const binding = await this.cache.get<Binding>(key);
    if (binding) return { binding };
    const negativeKeys = probe ? [key, `${key}:${probe()}`] : [key];
    for (const name of negativeKeys) {
      const negative = this.negative.get(name);
      if (negative) return { negative };
    }
    return this.loadShared(key, negativeKeys);
  }

  /** Runs a search for the source of a repository, and caches what it records, unless the sources change in the meantime. */
  search<T>(work: (recorder: SearchRecorder) => Promise<T>): Promise<T> {
    const { generation } = this.shared;
    const ttl = {
      full: this.config.fallback.cacheTtlSeconds * 1000,
      negative: this.config.fallback.negativeTtlSeconds * 1000,
    };
    return this.store.bindings.fill((bindings) =>
      this.negative.fill((negative) =>
        work({
          bind: async (key, sourceKey, isInconclusive) => {
            const ttlMs = isInconclusive ? Math.min(ttl.full, INCONCLUSIVE_TTL_MS) : ttl.full;
            const entry = { kind: 'bindings', key, text: sourceKey, ttlMs } as const;
            if (await this.share(entry, generation, bindings))
              bindings.store(key, Object.freeze({ sourceKey }), { ttlMs });
          },
          deny: async (key, error) => {
            const ttlMs = ttl.negative;
            const text = serializeNegativeEntry(error);
            const entry = { kind: 'denials', key: negativeKey(key), text, ttlMs } as const;
            if (await this.share(entry, generation, negative)) negative.store(key, error, { ttlMs });
          },
        }),
      ),
    );
  }

  /** Deletes a binding whose source no longer exists. */
  async unbind(key: string): Promise<void> {
    await this.cache.del(key);
    await this.shared.delete(key);
  }

  /**
   * Clears the caches of all replicas.
   * @returns the number of removed bindings
   */
  async clear(): Promise<number> {
    const { size } = this.store.bindings;
    this.clearLocally();
    const shared = await this.shared.clear();
    await this.cluster.publish(CLEARED, null);
    return shared ?? size;
  }

  /**
   * Evicts one repository, case-insensitively and for every kind of caller, on all replicas.
   * @returns the number of removed bindings
   */
  async evict(repo: RepoId): Promise<number> {
    const prefix = repoBindingPrefix(repo);
    const local = this.evictLocally(prefix);
    const shared = await this.shared.evict(prefix);
    await this.cluster.publish(EVICTED, prefix);
    return shared ?? local;
  }

  /** Statistics of this process, to be added up for all replicas. */
  get own(): { readonly hits: number; readonly misses: number; readonly bindings: number; readonly denials: number } {
    return { ...this.statistics.own, bindings: this.store.bindings.size, denials: this.negative.size };
  }

  async stats(): Promise<CacheStats> {
    const { bindings, denials } = this.own;
    return this.statistics.stats({ bindings, denials, metadata: this.metadata.own.answers }, this.profiles.size());
  }

  /**
   * Stores an entry for all replicas.
   * @returns whether this replica may cache it too
   */
  private async share(entry: SharedEntry, generation: string | undefined, fill: Fill<never>): Promise<boolean> {
    if (entry.ttlMs <= 0 || !fill.isCurrent) return false;
    return (await this.shared.set(entry, generation)) !== false;
  }

  private loadShared(key: string, negativeKeys: readonly string[]): Promise<CacheEntry> {
    return this.store.bindings.fill(async (fill) => {
      const entries = await this.shared.get([key, ...negativeKeys.map(negativeKey)]);
      if (entries === undefined || !fill.isCurrent) return {};
      const [bound, ...negative] = entries;
      if (bound) return { binding: storeBinding(fill, key, bound) };
      for (const [index, entry] of negative.entries()) {
        const error = entry && this.storeNegative(negativeKeys[index]!, entry);
        if (error) return { negative: error };
      }
      return {};
    });
  }

  private storeNegative(key: string, { text, ttlMs }: CachedText): HubError | undefined {
    const error = parseNegativeEntry(text);
    if (error) this.negative.fill((fill) => fill.store(key, error, { ttlMs }));
    return error;
  }

  /** Applies an invalidation of another replica, which has also changed the generation of the shared entries. */
  private applyRemote(invalidate: () => unknown): Promise<void> {
    invalidate();
    return this.shared.loadGeneration();
  }

  private clearLocally(): void {
    this.store.bindings.clear();
    this.negative.clear();
    this.profiles.clear();
    this.metadata.clear();
  }

  private evictLocally(prefix: string): number {
    this.negative.invalidateLocally(prefix);
    this.metadata.invalidateLocally(prefix);
    return this.store.bindings.invalidateLocally(prefix);
  }
}

function storeBinding(fill: Fill<Binding>, key: string, { text: sourceKey, ttlMs }: CachedText): Binding {
  const binding = Object.freeze({ sourceKey });
  fill.store(key, binding, { ttlMs });
  return binding;
}
