import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CLUSTER_BUS, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { clusterKeyPrefix } from '../../platform/cluster/cluster-key-prefix.js';
import { RedisLink } from '../../platform/cluster/redis-link.js';
import { ADOPT, COUNT, KEEP, RECALL, STEP } from './binding-scripts.js';
import { denialKey, inAnyCase, isDerivedFrom, metadataKey } from './derived-keys.js';

const SHELVES = ['bindings', 'denials', 'metadata'] as const;

/** Bindings, what every source has denied, and what sources said about commits. */
export type Shelf = (typeof SHELVES)[number];

/** Something to be remembered by all. */
export interface Keepsake {
  readonly shelf: Shelf;
  readonly key: string;
  readonly text: string;
  readonly ttlMs: number;
}

/** What is remembered by all, and for how long still. */
export interface Recalled {
  readonly text: string;
  readonly ttlMs: number;
}

const SCANNED_AT_ONCE = 1_000;

/** What stays when it only steps on: all before the count. */
const worldOf = (generation: string): string => generation.slice(0, generation.lastIndexOf(':') + 1);

/**
 * The second tier, which all replicas share: in Redis, under the same keys. Every method answers undefined where there is no Redis, or
 * this replica is out of touch with the others.
 */
@Injectable()
export class SharedBindings {
  /** As last heard. */
  private known: string | undefined;
  /** Something was to be forgotten when Redis could not be asked. */
  private owing = false;
  private readonly prefix: string;

  constructor(
    private readonly link: RedisLink,
    @Inject(CLUSTER_BUS) private readonly cluster: ClusterBus,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {
    this.prefix = clusterKeyPrefix(config);
    cluster.onGap(() => this.adopt());
  }

  /** Take it before searching, and hand it to `keep`. */
  get generation(): string | undefined {
    return this.known;
  }

  private get isOpen(): boolean {
    return this.known !== undefined && this.cluster.isConnected;
  }

  /** Learns which generation it is now. @throws Error when Redis does not tell */
  async adopt(): Promise<void> {
    const { owing } = this;
    if (!(await this.begin(owing))) throw new Error('Redis has not told the generation of bindings');
    this.owing &&= !owing;
  }

  /** What is remembered under these keys, in their order. */
  async recall(keys: readonly string[]): Promise<(Recalled | undefined)[] | undefined> {
    if (!this.isOpen) return undefined;
    const answer = (await this.link.command((redis) => redis.eval(RECALL, { keys: [this.generationKey, ...keys] }))) as
      [string | null, ...(string | number | null)[]] | undefined;
    if (answer === undefined) return undefined;
    const [generation, ...rest] = answer;
    if (generation === null) await this.begin(false); // Redis has thrown it away
    if (generation !== this.known) return undefined;
    return keys.map((_, at) => this.read(rest[2 * at] as string | null, rest[2 * at + 1] as number));
  }

  /** Whether it was taken: not, when the world has changed since `generation`. */
  async keep({ shelf, key, text, ttlMs }: Keepsake, generation: string | undefined): Promise<boolean | undefined> {
    if (!this.isOpen || generation === undefined) return undefined;
    const { cacheMaxSize, cacheTtlSeconds, negativeTtlSeconds } = this.config.fallback;
    const longest = Math.max(cacheTtlSeconds * 1000, negativeTtlSeconds * 1000, ttlMs);
    const taken = await this.link.command((redis) =>
      redis.eval(KEEP, {
        keys: [this.generationKey, key, this.list(shelf, generation)],
        arguments: [generation, worldOf(generation) + text, ...[ttlMs, cacheMaxSize, longest].map(String)],
      }),
    );
    return taken === undefined ? undefined : taken === 1;
  }

  async drop(key: string): Promise<void> {
    if (this.isOpen) await this.link.command((redis) => redis.unlink(key));
  }

  /** Begins a new generation, under which nothing is remembered; answers how many bindings there were. */
  async clear(): Promise<number | undefined> {
    const { known } = this;
    const sizes = await this.sizes();
    this.owing = !(await this.begin(true));
    if (known === undefined || this.owing) return undefined;
    for (const shelf of SHELVES) await this.remove(this.list(shelf, known), '*', () => true);
    return sizes?.bindings;
  }

  /** Forgets a key, in whatever case, and what is derived from it (`key:…`); answers how many bindings went. */
  async evict(key: string): Promise<number | undefined> {
    const generation = await this.link.command((redis) => redis.eval(STEP, { keys: [this.generationKey] }));
    if (generation === undefined) this.owing = true;
    if (typeof generation !== 'string') return undefined;
    this.known = generation;
    await this.removeOf(denialKey(key), this.list('denials', generation));
    await this.removeOf(metadataKey(key), this.list('metadata', generation));
    return this.removeOf(key, this.list('bindings', generation));
  }

  /** How many there are of each. */
  async sizes(): Promise<Readonly<Record<Shelf, number>> | undefined> {
    const { known } = this;
    if (!this.isOpen || known === undefined) return undefined;
    const keys = SHELVES.map((shelf) => this.list(shelf, known));
    const sizes = (await this.link.command((redis) => redis.eval(COUNT, { keys }))) as number[] | undefined;
    if (!sizes) return undefined;
    const [bindings = 0, denials = 0, metadata = 0] = sizes;
    return { bindings, denials, metadata };
  }

  private async begin(anew: boolean): Promise<boolean> {
    const generation = await this.link.command((redis) =>
      redis.eval(ADOPT, { keys: [this.generationKey], arguments: [randomUUID(), anew ? '1' : '0'] }),
    );
    if (typeof generation !== 'string') return false;
    this.known = generation;
    return true;
  }

  private read(text: string | null, ttlMs: number): Recalled | undefined {
    const world = worldOf(this.known!);
    return text?.startsWith(world) && ttlMs > 0 ? { text: text.slice(world.length), ttlMs } : undefined;
  }

  private removeOf(key: string, list: string): Promise<number> {
    return this.remove(list, inAnyCase(key), isDerivedFrom(key));
  }

  /** Piece by piece, since Redis has others to serve as well; answers how many went. */
  private async remove(list: string, pattern: string, isMeant: (key: string) => boolean): Promise<number> {
    let gone = 0;
    for (let cursor: string | undefined = '0'; cursor !== undefined;) {
      const options = { MATCH: pattern, COUNT: SCANNED_AT_ONCE };
      const found: Found | undefined = await this.link.command((redis) => redis.zScan(list, cursor!, options));
      const keys = (found?.members ?? []).map(({ value }) => value).filter(isMeant);
      if (keys.length > 0) await this.link.command((redis) => redis.multi().unlink(keys).zRem(list, keys).exec());
      gone += keys.length;
      cursor = found === undefined || found.cursor === '0' ? undefined : found.cursor;
    }
    return gone;
  }

  private get generationKey(): string {
    return `${this.prefix}generation`;
  }

  /** What there is of a kind, by when it ends. */
  private list(shelf: Shelf, generation: string): string {
    return `${this.prefix}${shelf}:${worldOf(generation)}`;
  }
}

/** One piece of a list. */
interface Found {
  readonly cursor: string;
  readonly members: readonly { readonly value: string }[];
}
