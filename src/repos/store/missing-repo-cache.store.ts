import { Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { toDatabaseError } from '../../platform/database/database-error.js';
import { ReplicatedCache } from '../../platform/cluster/replicated-cache.js';

const MAX_KEYS = 20_000;
/** How long a repository counts as missing while the database is unavailable, so that the ones of sources can be read. */
const OUTAGE_TTL_MS = 3_600_000;

/** Published when a repository with this lookup key may have been created or renamed. */
const APPEARED = new Topic<string>('appeared');

/**
 * Caches which repositories this hub does not have, by lookup key, so that downloads from sources need no database query. Code that
 * creates, renames or deletes a repository calls `delete` after its transaction.
 */
export class MissingRepoCache {
  private readonly keys: ReplicatedCache<{ readonly checkedAt: number }>;

  /**
   * @param ttlMs - TTL of an entry in milliseconds; `Infinity` if no other process writes to the database
   * @param now - monotonic clock in milliseconds
   */
  constructor(
    private readonly ttlMs: number,
    cluster: ClusterBus,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.keys = new ReplicatedCache({ cluster, topic: APPEARED, maxEntries: MAX_KEYS });
  }

  /** The repository that `find` returns, unless it is known to be missing. While the database is unavailable, older knowledge is used. */
  async lookUp<T>(key: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = this.keys.get(key);
    const checkedAt = this.now();
    if (known && checkedAt < known.checkedAt + this.ttlMs) return undefined;
    try {
      return await this.keys.fill(async (fill) => {
        const found = await find();
        if (found === undefined) fill.store(key, { checkedAt }, { ttlMs: Math.max(this.ttlMs, OUTAGE_TTL_MS) });
        else this.keys.delete(key);
        return found;
      });
    } catch (error) {
      // an entry that was invalidated in the meantime must not be used
      if (known && this.keys.get(key) === known && toDatabaseError(error)) return undefined;
      throw error;
    }
  }

  /** Deletes the key on every replica. */
  delete(key: string): Promise<void> {
    return this.keys.invalidate(key);
  }
}
