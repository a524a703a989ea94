import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { CLUSTER_BUS, Topic, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ReplicatedCache } from '../../platform/cluster/replicated-cache.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { SourceTokens } from '../upstream/source-tokens.js';
import {
  compress,
  readReplies,
  readRow,
  writeReplies,
  type AnswerContent,
  type KeptAnswer,
  type KeptText,
} from './kept-text.js';
import { KeptAnswerStore } from './kept-answer.store.js';

const MAX_LOCAL_BYTES = 64 * 1024 * 1024;
/** How exact the time of the last read is. */
const READ_PRECISION_MS = 10 * 60_000;
/** Estimated size of an entry without its body, in bytes. */
const ENTRY_OVERHEAD = 300;

export type { AnswerContent, KeptAnswer } from './kept-text.js';

/** As in the column `kept_answers.repository`. */
export const keptRepository = (repo: RepoId): string => `${repo.type}:${repoFullName(repo)}`.toLowerCase();

/** Identifies a kept answer. */
export interface AnswerSlot {
  readonly source: Source;
  /** As `model:org/name`, in lower case; undefined for lists and accounts. */
  readonly repository?: string | undefined;
  /** Identifies the request among those about the repository. */
  readonly name: string;
}

/** Published when entries were replaced or removed, with the beginning of their keys, or `null` for all entries. */
const CHANGED = new Topic<string | null>('kept-answers-changed');

/**
 * Keeps replies of sources in the database, so that they survive restarts and all replicas have them (ADR 43), and those that were read last in this process.
 * While the database is unavailable, no replies are stored.
 */
@Injectable()
export class KeptAnswers {
  private readonly logger = new Logger(KeptAnswers.name);
  private readonly local: ReplicatedCache<KeptText, string | null>;
  private addedBytes = 0;

  constructor(
    private readonly store: KeptAnswerStore,
    private readonly tokens: SourceTokens,
    @Inject(CLUSTER_BUS) cluster: ClusterBus,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const concerns = (scope: string | null) => (key: string) => scope === null || key.startsWith(scope);
    this.local = new ReplicatedCache({ cluster, topic: CHANGED, maxBytes: MAX_LOCAL_BYTES, concerns });
  }

  get now(): number {
    return this.clock().getTime();
  }

  /** An answer. Another replica may have checked it since. */
  async get(slot: AnswerSlot): Promise<KeptAnswer | undefined> {
    const key = await this.keyOf(slot);
    const entry = this.local.get(localKey(slot, key));
    if (!entry) return this.reload(slot);
    if (this.now - entry.readAt > READ_PRECISION_MS) {
      entry.readAt = this.now;
      void this.attempt(() => this.store.noteRead(key, this.now));
    }
    return readReplies(entry);
  }

  /** An answer as it is in the database. */
  async reload(slot: AnswerSlot): Promise<KeptAnswer | undefined> {
    const key = await this.keyOf(slot);
    return this.local.fill(async (fill) => {
      const row = await this.attempt(() => this.store.find(key));
      if (!row) {
        this.local.delete(localKey(slot, key));
        return undefined;
      }
      const entry = await readRow(row);
      fill.store(localKey(slot, key), entry, { ttlMs: Infinity, bytes: bytesOf(entry.text) });
      if (this.now - row.readAt > READ_PRECISION_MS) void this.attempt(() => this.store.noteRead(key, this.now));
      return readReplies(entry);
    });
  }

  /** Runs `work`, which requests a source. Its reply must not be kept if answers were replaced or removed in the meantime. */
  fill<T>(work: (isCurrent: () => boolean) => Promise<T>): Promise<T> {
    return this.local.fill((fill) => work(() => fill.isCurrent));
  }

  /** Keeps an answer. */
  async put(slot: AnswerSlot, { commit, replies }: AnswerContent): Promise<void> {
    const text = writeReplies({ replies });
    if (text === 'too-long') return;
    const [key, body] = [await this.keyOf(slot), await compress(text)];
    const bytes = (body?.length ?? 0) + ENTRY_OVERHEAD;
    const { source, repository } = slot;
    const { now } = this;
    await this.attempt(async () => {
      const sourceKey = await this.identityOf(source);
      await this.store.put({ key, sourceKey, repository, commit, body, bytes, now });
      this.local.fill((fill) => {
        const entry = { text, commit, checkedAt: now, failedAt: undefined, readAt: now };
        fill.store(localKey(slot, key), entry, { ttlMs: Infinity, bytes: bytesOf(text) });
      });
      await this.trim(bytes);
    });
  }

  /** The source has confirmed an answer. */
  async confirm(slot: AnswerSlot): Promise<void> {
    const key = await this.keyOf(slot);
    await this.attempt(() => this.store.confirm(key, this.now));
    this.local.delete(localKey(slot, key));
  }

  /** The source could not confirm an answer. It is not asked again for `pauseMs`. */
  async fail(slot: AnswerSlot, pauseMs: number): Promise<void> {
    const key = await this.keyOf(slot);
    await this.attempt(() => this.store.fail(key, this.now, this.now + pauseMs));
    this.local.delete(localKey(slot, key));
  }

  /** Whether this replica is the one that checks an answer for the next `leaseMs`. */
  async claim(slot: AnswerSlot, { checkedAt }: KeptAnswer, leaseMs: number): Promise<boolean> {
    const [key, now] = [await this.keyOf(slot), this.now];
    return (await this.attempt(() => this.store.claim(key, { checkedAt, now, until: now + leaseMs }))) ?? false;
  }

  /** Removes an answer on all replicas. */
  async remove(slot: AnswerSlot): Promise<void> {
    const key = await this.keyOf(slot);
    await this.attempt(() => this.store.remove(key));
    await this.local.invalidate(localKey(slot, key));
  }

  /** Removes the answers of a repository, of a source, or of a repository of a source, on all replicas. */
  async removeAll({ repository, source }: { repository?: string; source?: Source }): Promise<void> {
    const sourceKey = source && (await this.identityOf(source));
    const count = await this.attempt(() => this.store.removeAll({ repository, sourceKey }));
    if (count !== 0) await this.forget(repository);
  }

  /** Removes the answers of all other sources. */
  async keepOnly(sources: readonly Source[]): Promise<void> {
    const identities = await Promise.all(sources.map((source) => this.identityOf(source)));
    await this.attempt(() => this.store.keepOnly(identities));
  }

  /** All replicas read the answers of a repository, or all answers, from the database again. */
  async forget(repository?: string): Promise<void> {
    await this.local.invalidate(repository === undefined ? null : `${repository} `);
  }

  private async trim(bytes: number): Promise<void> {
    const limit = this.config.limits.keptReplies;
    this.addedBytes += bytes;
    if (this.addedBytes < limit / 50) return;
    this.addedBytes = 0;
    await this.store.trim(limit);
  }

  private async keyOf({ source, repository, name }: AnswerSlot): Promise<string> {
    return hash([await this.identityOf(source), repository, name]);
  }

  /** Sources with the same URL and credentials have the same replies, also after the list of sources was imported again. */
  private async identityOf(source: Source): Promise<string> {
    return hash([source.url, source.type, await this.tokens.generationOf(source)]);
  }

  /** `undefined` if the database is unavailable. */
  private async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (err) {
      this.logger.warn({ err }, 'Kept replies of sources are not used, because the database is unavailable');
      return undefined;
    }
  }
}

const hash = (parts: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

const localKey = ({ repository = '' }: AnswerSlot, key: string): string => `${repository} ${key}`;

/** At most two bytes per character. */
const bytesOf = (text: string | undefined): number => 2 * (text?.length ?? 0) + ENTRY_OVERHEAD;
