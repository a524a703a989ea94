import { LRUCache } from 'lru-cache';
import type { Reply } from '../../domain/upstream.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import type { ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { isDerivedFrom, metadataKey } from './derived-keys.js';
import { packed, unpacked } from './packed-text.js';
import type { SharedBindings } from './shared-bindings.store.js';

/** An answer is forgotten after a day: it stays true, but somebody may have had a reason to take its repository away. */
const TTL_MS = 24 * 60 * 60 * 1000;
/** All that this process remembers takes no more than this, and one answer no more than a sixteenth of it. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What all replicas remember is counted, not weighed: so one answer is small there, packed. */
const MOST_SHARED_BYTES = 128 * 1024;
/** Texts take two bytes a character at most; beside it key and place in the list. */
const bytesOf = (text: string): number => 2 * text.length + 500;

/** How answers are written down. Another version that writes them otherwise has another number. */
const FORM = 1;

interface Written {
  readonly form: number;
  /** When the source said so, in milliseconds since 1970. */
  readonly at: number;
  readonly reply: Reply;
}

/** When a question was asked. */
export interface MetadataGeneration {
  readonly here: number;
  readonly everywhere: string | undefined;
}

/**
 * Remembers what sources said about commits, which never changes (docs/adr/0010): in this process, and behind it in Redis for all replicas.
 * Whatever makes bindings be forgotten makes these be forgotten too. No file's content is among it.
 */
export class MetadataMemory {
  private readonly near = new LRUCache<string, string>({ maxSize: MOST_BYTES, maxEntrySize: MOST_BYTES / 16 });
  private readonly counted = { hits: 0, misses: 0 };
  private current = 0;
  private epoch = 0;

  /** @param now the time of day in milliseconds: other replicas read it, too */
  constructor(
    private readonly config: HubConfig,
    private readonly cluster: ClusterBus,
    private readonly shared: SharedBindings,
    private readonly now: () => number,
  ) {}

  /** Take it before asking, and hand it to `keep`. */
  get generation(): MetadataGeneration {
    this.keepUp();
    return { here: this.current, everywhere: this.shared.generation };
  }

  /** What was said, and how long ago. @param key begins with the key that the repository is bound under */
  async recall(key: string): Promise<Reply | undefined> {
    if (!this.config.fallback.metadataCache) return undefined;
    this.keepUp();
    const text = this.near.get(metadataKey(key)) ?? (await this.recallShared(metadataKey(key)));
    const reply = text === undefined ? undefined : this.read(text);
    this.counted[reply ? 'hits' : 'misses']++;
    return reply;
  }

  /** Keeps an answer unless the sources have changed since `generation`. */
  async keep(key: string, reply: Reply, { here, everywhere }: MetadataGeneration): Promise<void> {
    this.keepUp();
    if (!this.config.fallback.metadataCache || here !== this.current) return;
    const text = JSON.stringify({ form: FORM, at: this.now(), reply } satisfies Written);
    this.keepNear(metadataKey(key), text, TTL_MS);
    const small = await packed(text);
    if (small.length > MOST_SHARED_BYTES) return;
    await this.shared.keep({ shelf: 'metadata', key: metadataKey(key), text: small, ttlMs: TTL_MS }, everywhere);
  }

  /** Forgets everything; what is being asked now is not kept. */
  clear(): void {
    this.current++;
    this.near.clear();
  }

  /** Forgets a repository by the key it is bound under, in whatever case. */
  forget(key: string): void {
    this.current++;
    const isMeant = isDerivedFrom(metadataKey(key));
    for (const one of [...this.near.keys()].filter(isMeant)) this.near.delete(one);
  }

  /** This process's own figures. */
  get own(): { readonly hits: number; readonly misses: number; readonly answers: number; readonly bytes: number } {
    this.near.purgeStale();
    return { ...this.counted, answers: this.near.size, bytes: this.near.calculatedSize };
  }

  private async recallShared(key: string): Promise<string | undefined> {
    const { current } = this;
    const [found] = (await this.shared.recall([key])) ?? [];
    const text = found && (await unpacked(found.text));
    if (text === undefined || current !== this.current) return undefined;
    this.keepNear(key, text, found!.ttlMs);
    return text;
  }

  private keepNear(key: string, text: string, ttlMs: number): void {
    const ttl = this.cluster.capTtl(ttlMs);
    if (ttl > 0) this.near.set(key, text, { ttl, size: bytesOf(text) });
  }

  /** Read anew each time: nobody can change what the next one gets. */
  private read(text: string): Reply | undefined {
    const { form, at, reply } = JSON.parse(text) as Written;
    if (form !== FORM) return undefined;
    return { ...reply, age: Math.max(0, Math.floor((this.now() - at) / 1000)) };
  }

  /** What others have changed may not have been heard. */
  private keepUp(): void {
    if (this.epoch === this.cluster.epoch) return;
    this.epoch = this.cluster.epoch;
    this.clear();
  }
}
