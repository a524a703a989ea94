import { Inject, Injectable } from '@nestjs/common';
import type { Reply } from '../../domain/upstream.js';
import { CLUSTER_BUS, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ReplicatedCache, type Fill } from '../../platform/cluster/replicated-cache.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { isDerivedFrom, metadataKey } from './cache-keys.js';
import { compressText, decompressText } from './compressed-text.js';
import { RedisBindingStore } from './redis-binding.store.js';

/** Replies about a commit never change. They expire after a day, because their repository may be deleted at the source. */
const TTL_MS = 24 * 60 * 60 * 1000;
const MAX_BYTES = 64 * 1024 * 1024;
/** Maximum length after compression. Larger entries are not stored in Redis, since only the number of entries is limited there. */
const MAX_SHARED_LENGTH = 128 * 1024;
/** At most two bytes per character, plus the key. */
const bytesOf = (text: string): number => 2 * text.length + 500;

/** Version of the format; replicas with another version ignore these entries. Since version 2, replies are stored decoded. */
const FORMAT = 2;

interface StoredReply {
  readonly form: number;
  /** When the source replied, as Unix time in milliseconds. */
  readonly at: number;
  readonly reply: Reply;
}

/**
 * Caches replies of sources about commits, which never change (docs/adr/0010): in this process, and in Redis for all replicas. File
 * contents are not cached. `FallbackCacheService` invalidates it together with the bindings.
 */
@Injectable()
export class CommitMetadataCache {
  private readonly local: ReplicatedCache<string>;
  private readonly counts = { hits: 0, misses: 0 };

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(CLUSTER_BUS) cluster: ClusterBus,
    private readonly shared: RedisBindingStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.local = new ReplicatedCache({ cluster, maxBytes: MAX_BYTES, concerns: isDerivedFrom });
  }

  /**
   * A reply with its age.
   * @param key - starts with the key of the repository's binding
   */
  async get(key: string): Promise<Reply | undefined> {
    if (!this.config.fallback.metadataCache) return undefined;
    const text = this.local.get(metadataKey(key)) ?? (await this.getShared(metadataKey(key)));
    const reply = text === undefined ? undefined : this.parse(text);
    this.counts[reply ? 'hits' : 'misses']++;
    return reply;
  }

  /** Caches the reply that `work` stores, unless the sources change in the meantime. */
  fill<T>(key: string, work: (store: (reply: Reply) => Promise<void>) => Promise<T>): Promise<T> {
    const { generation } = this.shared;
    return this.local.fill((fill) => work((reply) => this.store(metadataKey(key), reply, fill, generation)));
  }

  clear(): void {
    this.local.clear();
  }

  /**
   * Drops the entries of a repository.
   * @param key - prefix of its bindings' keys, case-insensitive
   */
  invalidateLocally(key: string): void {
    this.local.invalidateLocally(metadataKey(key));
  }

  /** Statistics of this process. */
  get own(): { readonly hits: number; readonly misses: number; readonly answers: number; readonly bytes: number } {
    return { ...this.counts, answers: this.local.size, bytes: this.local.bytes };
  }

  private async store(key: string, reply: Reply, fill: Fill<string>, generation: string | undefined): Promise<void> {
    if (!this.config.fallback.metadataCache || !fill.isCurrent) return;
    const text = JSON.stringify({ form: FORMAT, at: this.clock().getTime(), reply } satisfies StoredReply);
    fill.store(key, text, { ttlMs: TTL_MS, bytes: bytesOf(text) });
    const compressed = await compressText(text);
    if (compressed.length > MAX_SHARED_LENGTH) return;
    await this.shared.set({ kind: 'metadata', key, text: compressed, ttlMs: TTL_MS }, generation);
  }

  private getShared(key: string): Promise<string | undefined> {
    return this.local.fill(async (fill) => {
      const [entry] = (await this.shared.get([key])) ?? [];
      const text = entry && (await decompressText(entry.text));
      if (text === undefined || !fill.isCurrent) return undefined;
      fill.store(key, text, { ttlMs: entry!.ttlMs, bytes: bytesOf(text) });
      return text;
    });
  }

  /** Parses the text on every call, so that no caller can modify the reply of another. */
  private parse(text: string): Reply | undefined {
    const { form, at, reply } = JSON.parse(text) as StoredReply;
    if (form !== FORMAT) return undefined;
    return { ...reply, age: Math.max(0, Math.floor((this.clock().getTime() - at) / 1000)) };
  }
}
