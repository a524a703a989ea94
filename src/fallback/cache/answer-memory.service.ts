import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { HubError } from '../../domain/hub-error.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import type { ClusterBus } from '../../platform/cluster/cluster-bus.js';

/** All that is remembered together takes no more than this, and one answer no more than a sixteenth of it. */
const MOST_BYTES = 32 * 1024 * 1024;
/** What was found past a source that could not answer is doubtful, as a binding is. */
const DOUBTFUL_TTL_MS = 30_000;
/** Beside its content: key, place in the list. */
const OVERHEAD = 500;

/** How an answer is to be remembered. */
export interface Remembering {
  /** The `generation` under which it was found out. */
  readonly generation: number;
  readonly bytes: number;
  readonly doubtful?: boolean;
}

/**
 * Remembers small answers of sources that are about no repository, profiles and pictures, in this process: for as long as a binding, and
 * "there is none" as long as a denial. Whatever makes bindings be forgotten makes these be forgotten too.
 */
@Injectable()
export class AnswerMemory {
  private readonly answers: LRUCache<string, NonNullable<unknown>>;
  private current = 0;
  private epoch = 0;

  /** @param now a clock in milliseconds */
  constructor(
    private readonly config: HubConfig,
    private readonly cluster: ClusterBus,
    now: () => number,
  ) {
    this.answers = new LRUCache({
      max: config.fallback.cacheMaxSize,
      maxSize: MOST_BYTES,
      maxEntrySize: MOST_BYTES / 16,
      perf: { now },
      ttlResolution: 0,
    });
  }

  /** Take it before asking, and hand it to `remember`. */
  get generation(): number {
    this.keepUp();
    return this.current;
  }

  /** @throws HubError the denial, when it is remembered */
  recall<T extends NonNullable<unknown>>(key: string): T | undefined {
    this.keepUp();
    const known = this.answers.get(key);
    if (known instanceof HubError) throw known;
    return known as T | undefined;
  }

  /** Keeps an answer, or a denial, unless the sources have changed since `generation`. */
  remember(key: string, answer: NonNullable<unknown>, { generation, bytes, doubtful }: Remembering): void {
    this.keepUp();
    const { cacheTtlSeconds, negativeTtlSeconds } = this.config.fallback;
    const whole = (answer instanceof HubError ? negativeTtlSeconds : cacheTtlSeconds) * 1000;
    const ttl = this.cluster.capTtl(doubtful ? Math.min(whole, DOUBTFUL_TTL_MS) : whole);
    if (generation === this.current && ttl > 0) this.answers.set(key, answer, { ttl, size: bytes + OVERHEAD });
  }

  /** Forgets everything and starts a new generation. */
  clear(): void {
    this.current++;
    this.answers.clear();
  }

  /** How many answers are remembered, and the bytes that they take. */
  size(): { readonly answers: number; readonly bytes: number } {
    this.answers.purgeStale();
    return { answers: this.answers.size, bytes: this.answers.calculatedSize };
  }

  /** What others have changed may not have been heard. */
  private keepUp(): void {
    if (this.epoch === this.cluster.epoch) return;
    this.epoch = this.cluster.epoch;
    this.clear();
  }
}
