import { Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ReplicatedCache } from '../../platform/cluster/replicated-cache.js';

const MAX_KEYS = 20_000;

/** Published when a repository with this lookup key may have been created or renamed. */
const APPEARED = new Topic<string>('appeared');

/**
 * Caches which repositories this hub does not have, by lookup key, so that downloads from sources need no database query. Code that
 * creates, renames or deletes a repository calls `delete` after its transaction.
 */
export class MissingRepoCache {
  private readonly keys: ReplicatedCache<true>;

  /** @param ttlMs - TTL of an entry in milliseconds; `Infinity` if no other process writes to the database */
  constructor(
    private readonly ttlMs: number,
    cluster: ClusterBus,
  ) {
    this.keys = new ReplicatedCache({ cluster, topic: APPEARED, maxEntries: MAX_KEYS });
  }

  /** The repository that `find` returns, unless it is known to be missing. */
  async lookUp<T>(key: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
    if (this.keys.get(key)) return undefined;
    return this.keys.fill(async (fill) => {
      const found = await find();
      if (found === undefined) fill.store(key, true, { ttlMs: this.ttlMs });
      return found;
    });
  }

  /** Deletes the key on every replica. */
  delete(key: string): Promise<void> {
    return this.keys.invalidate(key);
  }
}
