import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { CLUSTER_BUS, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ReplicatedCache } from '../../platform/cluster/replicated-cache.js';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';

const MAX_BYTES = 32 * 1024 * 1024;
/** TTL of accounts that were found while a source of higher priority did not respond. */
const INCONCLUSIVE_TTL_MS = 30_000;
/** Estimated size of an entry without its value, in bytes. */
const ENTRY_OVERHEAD = 500;

/** How a value is cached. */
export interface ProfileEntry {
  readonly bytes: number;
  /** Whether a source of higher priority did not respond and might have the account. */
  readonly isInconclusive?: boolean;
  /** Maximum TTL in seconds. */
  readonly maxSeconds?: number | undefined;
}

/** Caches a profile or avatar, or a `HubError` as a negative entry. */
export type StoreProfile = (key: string, value: NonNullable<unknown>, entry: ProfileEntry) => void;

/**
 * Caches profiles and avatars of external accounts, in this process only. They have the TTL of bindings, and negative entries have the TTL
 * of negative entries of repositories. `FallbackCacheService` clears it together with the bindings.
 */
@Injectable()
export class ProfileCache {
  private readonly entries: ReplicatedCache<NonNullable<unknown>>;

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(CLUSTER_BUS) cluster: ClusterBus,
    @Inject(MONOTONIC_CLOCK) now: MonotonicClock,
  ) {
    this.entries = new ReplicatedCache({ cluster, maxEntries: config.fallback.cacheMaxSize, maxBytes: MAX_BYTES, now });
  }

  /** @throws HubError the error of a negative entry */
  get<T extends NonNullable<unknown>>(key: string): T | undefined {
    const value = this.entries.get(key);
    if (value instanceof HubError) throw value;
    return value as T | undefined;
  }

  /** Caches what `work` stores, unless the sources change in the meantime. */
  fill<T>(work: (store: StoreProfile) => T): T {
    return this.entries.fill((fill) =>
      work((key, value, { bytes, isInconclusive, maxSeconds = Infinity }) => {
        const { cacheTtlSeconds, negativeTtlSeconds } = this.config.fallback;
        const fullTtlMs = (value instanceof HubError ? negativeTtlSeconds : cacheTtlSeconds) * 1000;
        const limitMs = Math.min(isInconclusive ? INCONCLUSIVE_TTL_MS : Infinity, maxSeconds * 1000);
        const ttlMs = Math.min(fullTtlMs, limitMs);
        fill.store(key, value, { ttlMs, bytes: bytes + ENTRY_OVERHEAD });
      }),
    );
  }

  clear(): void {
    this.entries.clear();
  }

  /** Number and bytes of the entries. */
  size(): { readonly answers: number; readonly bytes: number } {
    return { answers: this.entries.size, bytes: this.entries.bytes };
  }
}
