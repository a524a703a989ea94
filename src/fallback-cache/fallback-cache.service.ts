import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import type { HubError } from '../hub/language/hub-error.js';
import type { RepoId } from '../hub/language/repo-id.js';
import { repoBindingPrefix } from '../hub/rules/binding-key.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { AnswerMemory } from './answer-memory.service.js';
import { LruStore } from './lru.store.js';

/** Repository → source, and nothing else: no content, no credential. */
export interface Binding {
  readonly sourceKey: string;
}

/** What the admin sees of the cache. */
export interface CacheStats {
  readonly size: number;
  readonly maxsize: number;
  readonly ttl_seconds: number;
  readonly usage_percent: number;
  readonly hits: number;
  readonly misses: number;
  /** 0 to 1; 0 before the first look-up. */
  readonly hit_rate: number;
  readonly negative_size: number;
  /** Profiles and pictures of sources' accounts that this process remembers, and their bytes. */
  readonly answers_size: number;
  readonly answers_bytes: number;
  readonly backend: 'memory' | 'redis';
}

/** A binding made past a source that could not answer is doubtful: it lives for so long. */
const DOUBTFUL_TTL_MS = 30_000;

/** Where the bindings' store is found, for counting and forgetting by repository. */
export const BINDING_STORE = Symbol('BindingStore');

/**
 * Remembers which source a repository is bound to, and for a short while which questions every source denied. A change of the sources
 * starts a new generation: what was found out under an older one is not written any more.
 */
@Injectable()
export class FallbackCacheService {
  private readonly denied: LruStore;
  private current = 0;
  private hits = 0;
  private misses = 0;

  constructor(
    @Inject(CACHE_MANAGER) private readonly cache: Cache,
    @Inject(BINDING_STORE) private readonly bindings: LruStore,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly memory: AnswerMemory,
  ) {
    this.denied = new LruStore(config.fallback.cacheMaxSize);
  }

  /** Take it before probing, and hand it to `bind` or `deny`. */
  get generation(): number {
    return this.current;
  }

  /** The source a repository is bound to; counts as a hit or a miss. */
  async find(key: string): Promise<Binding | undefined> {
    const binding = await this.cache.get<Binding>(key);
    if (binding) this.hits++;
    else this.misses++;
    return binding;
  }

  /** The same without counting. */
  peek(key: string): Promise<Binding | undefined> {
    return this.cache.get<Binding>(key);
  }

  /** Binds a repository, unless the world has changed since `generation`. `doubtful`: an earlier source could not answer. */
  async bind(key: string, sourceKey: string, generation: number, doubtful: boolean): Promise<void> {
    if (generation !== this.current) return;
    const ttl = this.config.fallback.cacheTtlSeconds * 1000;
    await this.cache.set(key, Object.freeze({ sourceKey }), doubtful ? Math.min(ttl, DOUBTFUL_TTL_MS) : ttl);
  }

  /** Forgets a binding whose source is gone. */
  async unbind(key: string): Promise<void> {
    await this.cache.del(key);
  }

  /** Remembers shortly that every source denied a question; the error is given again. */
  async deny(key: string, error: HubError, generation: number): Promise<void> {
    const ttl = this.config.fallback.negativeTtlSeconds * 1000;
    if (generation === this.current && ttl > 0) await this.denied.set(key, error, ttl);
  }

  /** The denial of a question, when it is remembered. */
  findDenial(key: string): Promise<HubError | undefined> {
    return this.denied.get<HubError>(key);
  }

  /** Forgets everything and starts a new generation; answers how many bindings there were. */
  async clear(): Promise<number> {
    this.current++;
    this.memory.clear();
    const { size } = this.bindings;
    await this.cache.clear();
    await this.denied.clear();
    return size;
  }

  /** Forgets one repository, whoever asked for it and in whatever case; answers how many bindings went. */
  evict(repo: RepoId): Promise<number> {
    this.current++;
    const prefix = repoBindingPrefix(repo);
    this.denied.forget(prefix);
    return Promise.resolve(this.bindings.forget(prefix));
  }

  stats(): Promise<CacheStats> {
    const { cacheMaxSize, cacheTtlSeconds } = this.config.fallback;
    const { hits, misses } = this;
    const { size } = this.bindings;
    const { answers, bytes } = this.memory.size();
    return Promise.resolve({
      size,
      maxsize: cacheMaxSize,
      ttl_seconds: cacheTtlSeconds,
      usage_percent: Math.round((size / cacheMaxSize) * 10_000) / 100,
      hits,
      misses,
      hit_rate: hits + misses === 0 ? 0 : Math.round((hits / (hits + misses)) * 10_000) / 10_000,
      negative_size: this.denied.size,
      answers_size: answers,
      answers_bytes: bytes,
      backend: 'memory',
    });
  }
}
