import { LRUCache } from 'lru-cache';
import { Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';

const MAX_KEYS = 20_000;

/** Published when a repository with this lookup key may have been created or renamed. */
const APPEARED = new Topic<string>('appeared');

/**
 * Negative cache: lookup keys of repositories that this hub does not have, so that downloads from sources need no database query.
 *
 * Code that creates, renames or deletes a repository calls `delete` after its transaction. A lookup that started before that cannot add its
 * outdated result (see `generation`). If other processes write to the same database, entries expire after `ttlMs`; 0 means that they never
 * expire.
 */
export class MissingRepoCache {
  private readonly keys: LRUCache<string, true>;
  private changes = 0;

  constructor(
    ttlMs: number,
    private readonly cluster: ClusterBus,
  ) {
    this.keys = new LRUCache({ max: MAX_KEYS, ttl: ttlMs });
    cluster.on(APPEARED, (key) => this.deleteLocally(key));
    cluster.onGap(() => this.clearLocally());
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** Read this before the database lookup and pass it to `add`. */
  get generation(): number {
    return this.changes;
  }

  /** Does nothing if any key was deleted since `generation` was read. */
  add(key: string, generation: number): void {
    if (generation === this.changes) this.keys.set(key, true);
  }

  /** Deletes the key on every replica. */
  async delete(key: string): Promise<void> {
    this.deleteLocally(key);
    await this.cluster.publish(APPEARED, key);
  }

  private deleteLocally(key: string): void {
    this.changes++;
    this.keys.delete(key);
  }

  private clearLocally(): void {
    this.changes++;
    this.keys.clear();
  }
}
