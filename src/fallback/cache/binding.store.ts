import type { KeyvStoreAdapter } from 'keyv';
import type { ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ReplicatedCache } from '../../platform/cluster/replicated-cache.js';
import type { MonotonicClock } from '../../platform/config/clock.js';
import { isDerivedFrom } from './cache-keys.js';

/** The source that a repository is bound to. */
export interface Binding {
  readonly sourceKey: string;
}

/** The format in which Keyv stores a value. */
interface KeyvEntry {
  readonly value: Binding;
}

/** The bindings of this process, as a store for cache-manager. They are invalidated by the key prefix of a repository. */
export class BindingStore implements KeyvStoreAdapter {
  /** Keyv 5 reads `opts.url`. */
  readonly opts = { dialect: 'replicated', url: '' };
  namespace?: string;
  readonly bindings: ReplicatedCache<Binding>;

  constructor(cluster: ClusterBus, maxEntries: number, now: MonotonicClock) {
    this.bindings = new ReplicatedCache({ cluster, maxEntries, now, concerns: isDerivedFrom });
  }

  get<T>(key: string): Promise<T | undefined> {
    const binding = this.bindings.get(key);
    return Promise.resolve((binding && { value: binding }) as T | undefined);
  }

  set(key: string, { value }: KeyvEntry, ttlMs = Infinity): Promise<boolean> {
    this.bindings.fill((fill) => fill.store(key, value, { ttlMs }));
    return Promise.resolve(true);
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.bindings.delete(key));
  }

  clear(): Promise<void> {
    this.bindings.clear();
    return Promise.resolve();
  }

  on(): this {
    return this;
  }
}
