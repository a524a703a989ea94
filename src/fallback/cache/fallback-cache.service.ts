import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import type { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { repoBindingPrefix } from './binding-key.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { AnswerMemory } from './answer-memory.service.js';
import { CacheCountsService, type CacheStats } from './cache-counts.service.js';
import { denialText, readDenial } from './denial-text.js';
import { denialKey } from './derived-keys.js';
import { LruStore } from './lru.store.js';
import { MetadataMemory } from './metadata-memory.service.js';
import { SharedBindings, type Keepsake, type Recalled } from './shared-bindings.store.js';

/** Repository → source, and nothing else: no content, no credential. */
export interface Binding {
  readonly sourceKey: string;
}

/** What is known of a repository without asking any source. */
export interface Known {
  readonly binding?: Binding;
  /** Every source has denied the question lately. */
  readonly denial?: HubError;
}

/** When a search began. */
export interface Generation {
  readonly here: number;
  readonly everywhere: string | undefined;
}

/** A binding made past a source that could not answer is doubtful: it lives for so long. */
const DOUBTFUL_TTL_MS = 30_000;

/** Everything is to be forgotten. */
const CLEARED = new Topic<null>('bindings-cleared');
/** One repository is to be forgotten: the beginning of its keys. */
const EVICTED = new Topic<string>('bindings-evicted');

/** Where the bindings' store is found, for counting and forgetting by repository. */
export const BINDING_STORE = Symbol('BindingStore');

/**
 * Remembers which source a repository is bound to, and for a short while which questions every source denied: in memory, and behind it in
 * Redis for all replicas. A change of the sources starts a new generation: what was searched under an older one is not written any more.
 */
@Injectable()
export class FallbackCacheService {
  private readonly denied: LruStore;
  private current = 0;
  private epoch = 0;

  constructor(
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    @Inject(BINDING_STORE) private readonly bindings: LruStore,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
    private readonly shared: SharedBindings,
    private readonly counts: CacheCountsService,
    private readonly memory: AnswerMemory,
    private readonly metadata: MetadataMemory,
  ) {
    this.denied = new LruStore(config.fallback.cacheMaxSize);
    cluster.on(CLEARED, () => this.heard(() => this.forgetAll()));
    cluster.on(EVICTED, (prefix) => this.heard(() => this.forget(prefix)));
  }

  /** Take it before probing, and hand it to `bind` or `deny`. */
  get generation(): Generation {
    this.keepUp();
    return { here: this.current, everywhere: this.shared.generation };
  }

  /** What is known; counts as a hit or a miss of a binding. `question` tells apart what is asked of one repository. */
  async find(key: string, question?: () => string): Promise<Known> {
    const known = await this.peek(key, question);
    this.counts.note(known.binding !== undefined);
    return known;
  }

  /** The same without counting. */
  async peek(key: string, question?: () => string): Promise<Known> {
    this.keepUp();
    const binding = await this.cache.get<Binding>(key);
    if (binding) return { binding };
    const denials = question ? [key, `${key}:${question()}`] : [key];
    for (const one of denials) {
      const denial = await this.denied.get<HubError>(one);
      if (denial) return { denial };
    }
    return this.recall(key, denials);
  }

  /** Binds a repository, unless the world has changed since `generation`. `doubtful`: an earlier source could not answer. */
  async bind(key: string, sourceKey: string, generation: Generation, doubtful: boolean): Promise<void> {
    const whole = this.config.fallback.cacheTtlSeconds * 1000;
    const ttlMs = doubtful ? Math.min(whole, DOUBTFUL_TTL_MS) : whole;
    if (await this.share({ shelf: 'bindings', key, text: sourceKey, ttlMs }, generation))
      await this.keepBinding(key, sourceKey, ttlMs);
  }

  /** Forgets a binding whose source is gone. */
  async unbind(key: string): Promise<void> {
    await this.cache.del(key);
    await this.shared.drop(key);
  }

  /** Remembers shortly that every source denied a question; the error is given again. */
  async deny(key: string, error: HubError, generation: Generation): Promise<void> {
    const ttlMs = this.config.fallback.negativeTtlSeconds * 1000;
    const keepsake = { shelf: 'denials', key: denialKey(key), text: denialText(error), ttlMs } as const;
    if (await this.share(keepsake, generation)) await this.denied.set(key, error, this.cluster.capTtl(ttlMs));
  }

  /** Forgets everything, on all replicas, and starts a new generation; answers how many bindings there were. */
  async clear(): Promise<number> {
    const { size } = this.bindings;
    this.forgetAll();
    const everywhere = await this.shared.clear();
    await this.cluster.publish(CLEARED, null);
    return everywhere ?? size;
  }

  /** Forgets one repository, on all replicas, whoever asked for it and in whatever case; answers how many bindings went. */
  async evict(repo: RepoId): Promise<number> {
    const prefix = repoBindingPrefix(repo);
    const here = this.forget(prefix);
    const everywhere = await this.shared.evict(prefix);
    await this.cluster.publish(EVICTED, prefix);
    return everywhere ?? here;
  }

  /** This process's own figures: whoever scrapes all replicas adds them up. */
  get own(): { readonly hits: number; readonly misses: number; readonly bindings: number; readonly denials: number } {
    return { ...this.counts.own, bindings: this.bindings.size, denials: this.denied.size };
  }

  async stats(): Promise<CacheStats> {
    const here = { bindings: this.bindings.size, denials: this.denied.size, metadata: this.metadata.own.answers };
    return this.counts.stats(here, this.memory.size());
  }

  /** Whether it may be remembered here too: not what was searched before the world changed, here or elsewhere. */
  private async share(keepsake: Keepsake, { here, everywhere }: Generation): Promise<boolean> {
    this.keepUp();
    if (here !== this.current || keepsake.ttlMs <= 0) return false;
    const taken = await this.shared.keep(keepsake, everywhere);
    return taken !== false && here === this.current;
  }

  private async recall(key: string, denials: readonly string[]): Promise<Known> {
    const { current } = this;
    const found = await this.shared.recall([key, ...denials.map(denialKey)]);
    if (found === undefined || current !== this.current) return {};
    const [bound, ...denied] = found;
    if (bound) return { binding: await this.keepBinding(key, bound.text, bound.ttlMs) };
    for (const [at, one] of denied.entries()) {
      const denial = one && (await this.keepDenial(denials[at]!, one));
      if (denial) return { denial };
    }
    return {};
  }

  private async keepBinding(key: string, sourceKey: string, ttlMs: number): Promise<Binding> {
    const binding = Object.freeze({ sourceKey });
    await this.cache.set(key, binding, this.cluster.capTtl(ttlMs));
    return binding;
  }

  private async keepDenial(key: string, { text, ttlMs }: Recalled): Promise<HubError | undefined> {
    const denial = readDenial(text);
    if (denial) await this.denied.set(key, denial, ttlMs);
    return denial;
  }

  /** What was remembered while in touch is nothing any more once touch is lost, and the other way round. */
  private keepUp(): void {
    if (this.epoch === this.cluster.epoch) return;
    this.epoch = this.cluster.epoch;
    this.forgetAll();
  }

  /** Another replica has begun a new generation. */
  private heard(forget: () => unknown): Promise<void> {
    forget();
    return this.shared.adopt();
  }

  private forgetAll(): void {
    this.current++;
    this.memory.clear();
    this.metadata.clear();
    for (const store of [this.bindings, this.denied]) void store.clear();
  }

  private forget(prefix: string): number {
    this.current++;
    this.denied.forget(prefix);
    this.metadata.forget(prefix);
    return this.bindings.forget(prefix);
  }
}
