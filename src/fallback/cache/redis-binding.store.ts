import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLUSTER_BUS, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { CLUSTER_KEY_PREFIX } from '../../platform/cluster/cluster-key-prefix.js';
import { RedisLink } from '../../platform/cluster/redis-link.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { ADVANCE_GENERATION, COUNT_ENTRIES, GET_ENTRIES, LOAD_GENERATION, SET_ENTRY } from './binding-scripts.js';
import { caseInsensitivePattern, isDerivedFrom, metadataKey, negativeKey } from './cache-keys.js';

/** The kinds of entries, by the names of their lists in Redis. */
const KINDS = ['bindings', 'denials', 'metadata'] as const;
export type EntryKind = (typeof KINDS)[number];

/** An entry for all replicas. */
export interface SharedEntry {
  readonly kind: EntryKind;
  readonly key: string;
  readonly text: string;
  readonly ttlMs: number;
}

/** An entry of the shared cache with its remaining TTL. */
export interface CachedText {
  readonly text: string;
  readonly ttlMs: number;
}

const SCAN_COUNT = 1_000;

/** The part of a generation that only `clear` changes. */
const eraOf = (generation: string): string => generation.slice(0, generation.lastIndexOf(':') + 1);

/**
 * The second tier of the cache, which all replicas share: entries in Redis, under the same keys as in this process. Methods return
 * `undefined` if there is no Redis, or if this replica may have missed messages.
 *
 * Every invalidation changes the generation of the entries. An entry is only accepted if the generation has not changed since reading it
 * began.
 */
@Injectable()
export class RedisBindingStore {
  private currentGeneration: string | undefined;
  /** True if `clear` or `evict` failed because Redis was unreachable. Everything is cleared when Redis is reachable again. */
  private mustClear = false;

  constructor(
    private readonly link: RedisLink,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(CLUSTER_KEY_PREFIX) private readonly prefix: string,
  ) {
    cluster.onGap(() => this.loadGeneration());
  }

  /** Get this before reading from a source, and pass it to `set`. */
  get generation(): string | undefined {
    return this.currentGeneration;
  }

  private get isOpen(): boolean {
    return this.currentGeneration !== undefined && this.cluster.isConnected;
  }

  /**
   * Loads the current generation.
   * @throws Error if Redis does not respond
   */
  async loadGeneration(): Promise<void> {
    const { mustClear } = this;
    if (!(await this.begin(mustClear))) throw new Error('Redis did not return the generation of the cache');
    this.mustClear &&= !mustClear;
  }

  /** The entries with these keys, in the same order. */
  async get(keys: readonly string[]): Promise<(CachedText | undefined)[] | undefined> {
    if (!this.isOpen) return undefined;
    const reply = (await this.link.command((redis) =>
      redis.eval(GET_ENTRIES, { keys: [this.generationKey, ...keys] }),
    )) as [string | null, ...(string | number | null)[]] | undefined;
    if (reply === undefined) return undefined;
    const [generation, ...rest] = reply;
    if (generation === null) await this.begin(false); // Redis evicted it
    if (generation !== this.currentGeneration) return undefined;
    return keys.map((_, index) => this.parse(rest[2 * index] as string | null, rest[2 * index + 1] as number));
  }

  /** @returns false if something was invalidated since `generation` was read */
  async set({ kind, key, text, ttlMs }: SharedEntry, generation: string | undefined): Promise<boolean | undefined> {
    if (!this.isOpen || generation === undefined) return undefined;
    const { cacheMaxSize, cacheTtlSeconds, negativeTtlSeconds } = this.config.fallback;
    const maxTtlMs = Math.max(cacheTtlSeconds * 1000, negativeTtlSeconds * 1000, ttlMs);
    const isStored = await this.link.command((redis) =>
      redis.eval(SET_ENTRY, {
        keys: [this.generationKey, key, this.list(kind, generation)],
        arguments: [generation, eraOf(generation) + text, String(ttlMs), String(cacheMaxSize), String(maxTtlMs)],
      }),
    );
    return isStored === undefined ? undefined : isStored === 1;
  }

  async delete(key: string): Promise<void> {
    if (this.isOpen) await this.link.command((redis) => redis.unlink(key));
  }

  /**
   * Removes all entries, by starting a new era.
   * @returns the number of removed bindings
   */
  async clear(): Promise<number | undefined> {
    const { currentGeneration } = this;
    const sizes = await this.sizes();
    this.mustClear = !(await this.begin(true));
    if (currentGeneration === undefined || this.mustClear) return undefined;
    for (const kind of KINDS) await this.remove(this.list(kind, currentGeneration), '*', () => true);
    return sizes?.bindings;
  }

  /**
   * Deletes a key, case-insensitively, and the keys derived from it (`key:…`).
   * @returns the number of removed bindings
   */
  async evict(key: string): Promise<number | undefined> {
    const generation = await this.link.command((redis) =>
      redis.eval(ADVANCE_GENERATION, { keys: [this.generationKey] }),
    );
    if (generation === undefined) this.mustClear = true;
    if (typeof generation !== 'string') return undefined;
    this.currentGeneration = generation;
    await this.removeDerived(negativeKey(key), this.list('denials', generation));
    await this.removeDerived(metadataKey(key), this.list('metadata', generation));
    return this.removeDerived(key, this.list('bindings', generation));
  }

  /** Number of entries of each kind. */
  async sizes(): Promise<Readonly<Record<EntryKind, number>> | undefined> {
    const { currentGeneration } = this;
    if (!this.isOpen || currentGeneration === undefined) return undefined;
    const keys = KINDS.map((kind) => this.list(kind, currentGeneration));
    const sizes = (await this.link.command((redis) => redis.eval(COUNT_ENTRIES, { keys }))) as number[] | undefined;
    if (!sizes) return undefined;
    const [bindings = 0, denials = 0, metadata = 0] = sizes;
    return { bindings, denials, metadata };
  }

  /** @param isNew - whether to start a new era */
  private async begin(isNew: boolean): Promise<boolean> {
    const generation = await this.link.command((redis) =>
      redis.eval(LOAD_GENERATION, { keys: [this.generationKey], arguments: [randomUUID(), isNew ? '1' : '0'] }),
    );
    if (typeof generation !== 'string') return false;
    this.currentGeneration = generation;
    return true;
  }

  private parse(text: string | null, ttlMs: number): CachedText | undefined {
    const era = eraOf(this.currentGeneration!);
    return text?.startsWith(era) && ttlMs > 0 ? { text: text.slice(era.length), ttlMs } : undefined;
  }

  private removeDerived(key: string, list: string): Promise<number> {
    return this.remove(list, caseInsensitivePattern(key), isDerivedFrom(key));
  }

  /**
   * Removes entries in batches, so that Redis can run other commands in between.
   * @returns the number of removed entries
   */
  private async remove(list: string, pattern: string, isWanted: (key: string) => boolean): Promise<number> {
    let removed = 0;
    for (let cursor: string | undefined = '0'; cursor !== undefined;) {
      const options = { MATCH: pattern, COUNT: SCAN_COUNT };
      const page: ScanPage | undefined = await this.link.command((redis) => redis.zScan(list, cursor!, options));
      const keys = (page?.members ?? []).map(({ value }) => value).filter(isWanted);
      if (keys.length > 0) await this.link.command((redis) => redis.multi().unlink(keys).zRem(list, keys).exec());
      removed += keys.length;
      cursor = page === undefined || page.cursor === '0' ? undefined : page.cursor;
    }
    return removed;
  }

  private get generationKey(): string {
    return `${this.prefix}generation`;
  }

  /** Key of the sorted set with the keys of a kind. Their scores are the times at which they expire. */
  private list(kind: EntryKind, generation: string): string {
    return `${this.prefix}${kind}:${eraOf(generation)}`;
  }
}

interface ScanPage {
  readonly cursor: string;
  readonly members: readonly { readonly value: string }[];
}
