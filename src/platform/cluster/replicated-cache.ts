import { LRUCache } from 'lru-cache';
import type { ClusterBus, Topic } from './cluster-bus.js';

/** How a cache is bounded, and what invalidates its entries. */
export interface ReplicatedCacheOptions<V, Scope> {
  readonly cluster: ClusterBus;
  /** The topic on which invalidations are published. Without one, the owner passes on invalidations to `invalidateLocally`. */
  readonly topic?: Topic<Scope>;
  /** Whether an invalidation concerns an entry. Without it, the scope of an invalidation is the key of one entry. */
  readonly concerns?: (scope: Scope) => (key: string, value: V) => boolean;
  /** The most entries; may be omitted where `maxBytes` is set. */
  readonly maxEntries?: number;
  /** The most bytes of all entries; an entry takes a sixteenth of it at most. */
  readonly maxBytes?: number;
  /** A clock in milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

/** How an entry is cached. */
export interface EntryOptions {
  /** Milliseconds; `Infinity` for no expiry, 0 to not cache it. */
  readonly ttlMs: number;
  /** Required where the cache has `maxBytes`. */
  readonly bytes?: number;
}

/** A read of the truth behind a cache. What it stores is dropped if something was invalidated since it began. */
export interface Fill<V> {
  /** False once something was invalidated, here or on another replica. */
  readonly isCurrent: boolean;
  /** Caches a value, if the fill is current. */
  store(key: string, value: V, options: EntryOptions): void;
}

/**
 * An in-process cache that is coherent over all replicas: after an invalidation has been published, no replica returns a value that was
 * read before it. A value is only cached through `fill`, which knows when reading began, so that a slow read cannot bring back a value
 * that was invalidated meanwhile. While this replica may have missed messages, values expire within seconds (`ClusterBus.capTtl`).
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

  /** Reads the truth, and caches what `work` stores unless it was invalidated meanwhile. */
  fill<T>(work: (fill: Fill<V>) => T): T {
    this.noticeGap();
    return work(new CurrentFill(this.changes, this));
  }

  /** Drops the entries that a change concerns, on every replica. Call it after the change was made. */
  async invalidate(scope: Scope): Promise<void> {
    this.invalidateLocally(scope);
    if (this.options.topic) await this.options.cluster.publish(this.options.topic, scope);
  }

  /**
   * Drops them on this replica only.
   * @returns how many there were
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

  /** Drops one entry on this replica. It does not count as an invalidation: reads that are in progress may store it again. */
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

  /** Messages may have been missed between two epochs, so nothing that was cached before is still known to be true. */
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
