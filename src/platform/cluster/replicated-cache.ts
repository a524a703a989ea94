import { LRUCache } from 'lru-cache';
import type { ClusterBus, Topic } from './cluster-bus.js';

/** How a cache is bounded, and what invalidates its entries. */
export interface ReplicatedCacheOptions<V, Scope> {
  readonly cluster: ClusterBus;
  /** The topic on which invalidations are published. Without a topic, the owner calls `invalidateLocally` on every replica. */
  readonly topic?: Topic<Scope>;
  /** Whether an invalidation concerns an entry. By default, the scope of an invalidation is the key of one entry. */
  readonly concerns?: (scope: Scope) => (key: string, value: V) => boolean;
  /** Maximum number of entries; may be omitted if `maxBytes` is set. */
  readonly maxEntries?: number;
  /** Maximum size of all entries together. Values larger than a sixteenth of it are not cached. */
  readonly maxBytes?: number;
  /** Clock in milliseconds; defaults to `performance.now`. */
  readonly now?: () => number;
}

/** How an entry is cached. */
export interface EntryOptions {
  /** In milliseconds. `Infinity`: never expires. 0: not cached. */
  readonly ttlMs: number;
  /** Required if the cache has `maxBytes`. */
  readonly bytes?: number;
}

/** A read of the data behind a cache. The values that it stores are dropped if anything was invalidated since the read began. */
export interface Fill<V> {
  /** False after an invalidation, on this or another replica. */
  readonly isCurrent: boolean;
  /** Caches a value, if the fill is current. */
  store(key: string, value: V, options: EntryOptions): void;
}

/**
 * An in-process cache that is coherent across all replicas: after an invalidation has been published, no replica returns a value that was
 * read before it. Values are only cached through `fill`, which knows when a read began, so that a slow read cannot cache a value that has
 * since been invalidated. While this replica may have missed messages, values expire within seconds (`ClusterBus.capTtl`).
 */
export class ReplicatedCache<V extends NonNullable<unknown>, Scope = string> {
  private readonly entries: LRUCache<string, V>;
  /** Counts invalidations. */
  private changes = 0;
  private epoch: number;

  constructor(private readonly options: ReplicatedCacheOptions<V, Scope>) {
    const { cluster, topic, maxEntries, maxBytes, now } = options;
    const limits = {
      ...(maxEntries && { max: maxEntries }),
      ...(maxBytes && { maxSize: maxBytes, maxEntrySize: maxBytes / 16 }),
    } as { max: number }; // at least one of the two is set
    this.entries = new LRUCache({ ...limits, ...(now && { perf: { now } }), ttlResolution: 0 });
    this.epoch = cluster.epoch;
    if (!topic) return;
    cluster.on(topic, (scope) => void this.invalidateLocally(scope));
    cluster.onGap(() => this.clear());
  }

  get(key: string): V | undefined {
    this.noticeGap();
    return this.entries.get(key);
  }

  /** Runs `work`, which reads the data, and caches the values that it stores unless they were invalidated in the meantime. */
  fill<T>(work: (fill: Fill<V>) => T): T {
    this.noticeGap();
    return work(new CurrentFill(this.changes, this));
  }

  /** Drops the entries that a change concerns, on every replica. Call this after the change has been made. */
  async invalidate(scope: Scope): Promise<void> {
    this.invalidateLocally(scope);
    if (this.options.topic) await this.options.cluster.publish(this.options.topic, scope);
  }

  /**
   * Drops the entries that a change concerns, on this replica only.
   * @returns the number of dropped entries
   */
  invalidateLocally(scope: Scope): number {
    this.changes++;
    const { concerns } = this.options;
    if (!concerns) return this.entries.delete(String(scope)) ? 1 : 0;
    const isConcerned = concerns(scope);
    const keys = [...this.entries.entries()].filter(([key, value]) => isConcerned(key, value)).map(([key]) => key);
    for (const key of keys) this.entries.delete(key);
    return keys.length;
  }

  /** Drops one entry on this replica. This is not an invalidation: reads in progress may store the entry again. */
  delete(key: string): boolean {
    return this.entries.delete(key);
  }

  /** Drops everything on this replica. */
  clear(): void {
    this.changes++;
    this.entries.clear();
  }

  /** Number of entries that have not expired. */
  get size(): number {
    this.entries.purgeStale();
    return this.entries.size;
  }

  /** Bytes of the entries that have not expired; 0 without `maxBytes`. */
  get bytes(): number {
    this.entries.purgeStale();
    return this.entries.calculatedSize;
  }

  /** For `CurrentFill` only. */
  isCurrent(changes: number): boolean {
    this.noticeGap();
    return changes === this.changes;
  }

  /** For `CurrentFill` only. */
  put(key: string, value: V, { ttlMs, bytes }: EntryOptions): void {
    const ttl = this.options.cluster.capTtl(ttlMs);
    if (ttl > 0) this.entries.set(key, value, { ttl: Number.isFinite(ttl) ? Math.ceil(ttl) : 0, size: bytes });
  }

  /** Clears the cache after a change of the epoch: messages may have been missed, so any value may be outdated. */
  private noticeGap(): void {
    if (this.epoch === this.options.cluster.epoch) return;
    this.epoch = this.options.cluster.epoch;
    this.clear();
  }
}

class CurrentFill<V extends NonNullable<unknown>> implements Fill<V> {
  constructor(
    private readonly changes: number,
    private readonly cache: Pick<ReplicatedCache<V, never>, 'isCurrent' | 'put'>,
  ) {}

  get isCurrent(): boolean {
    return this.cache.isCurrent(this.changes);
  }

  store(key: string, value: V, options: EntryOptions): void {
    if (this.isCurrent) this.cache.put(key, value, options);
  }
}
