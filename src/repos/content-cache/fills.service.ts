import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { HubError } from '../../domain/hub-error.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { blockBytesOf } from '../../platform/storage/block-store.js';
import { isMissingContent } from '../../platform/storage/missing-content.js';
import { digestLike } from './block-digest.js';
import { BlockBudget } from './block-budget.service.js';
import { CacheSpace } from './cache-space.service.js';
import type { CachedFile } from './cached-file.js';
import { DigestThread } from './digest-thread.service.js';
import { Fill } from './fill.js';
import { FillingFile } from './filling-file.js';
import { HeldBytes } from './held-bytes.service.js';
import { HeldBlockStore, LEASE_SECONDS, type Claim, type HeldBlock } from './held-blocks.store.js';
import type { FileIdentity, HeldContent } from './held-content.store.js';

/** How long a file that was wrong is passed on without the cache. */
const WRONG_MS = 3_600_000;
const MAX_FILES = 1000;
const NOT_DISCARDED = 'Failed to discard a wrong file';
const NOT_DROPPED = 'Failed to delete the blocks of a file of the content cache';

interface RunningFill {
  readonly claim: Claim;
  readonly fill: Promise<Fill | undefined>;
  /** Set when the fill has started. */
  started?: Fill | undefined;
  /** Resolves when the claim is released. */
  ending?: Promise<void>;
}

/** The files that this process fills. A process must claim a file before it fills it, so that a file is requested from its source once. */
@Injectable()
export class Fills implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('ContentCache');
  private readonly fills = new Map<string, RunningFill>();
  /** Blocks that this process has written or verified, by file. */
  private readonly intact = new LRUCache<string, Set<number>>({ max: MAX_FILES });
  private readonly wrong = new LRUCache<string, true>({ max: MAX_FILES, ttl: WRONG_MS });
  private renewal: NodeJS.Timeout | undefined;

  constructor(
    private readonly blocks: HeldBlockStore,
    private readonly space: CacheSpace,
    private readonly bytes: HeldBytes,
    private readonly budget: BlockBudget,
    private readonly digests: DigestThread,
  ) {}

  onModuleInit(): void {
    const renew = (): void => {
      if (this.fills.size === 0) return;
      this.blocks.renew([...this.fills.values()].map(({ claim }) => claim)).catch((err: unknown) => {
        this.logger.warn({ err }, 'Failed to renew the claims of files of the content cache');
      });
    };
    this.renewal = setInterval(renew, (LEASE_SECONDS * 1000) / 3);
    this.renewal.unref();
  }

  /** Ends all fills. Their blocks stay, and another process continues them. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.renewal);
    for (const { fill } of this.fills.values()) (await fill.catch(() => undefined))?.abort();
  }

  /** The number of files that are being filled. */
  get count(): number {
    return this.fills.size;
  }

  /** Whether this process has stored and verified all of a file, and publishes it now. */
  isComplete(id: string): boolean {
    return this.fills.get(id)?.started?.isComplete ?? false;
  }

  /** Whether the source has sent other content than it announces, within the last hour. */
  isWrong(identity: FileIdentity): boolean {
    return this.wrong.has(wrongKey(identity));
  }

  /**
   * The fill of a file in this process, which is started if no other process has claimed the file.
   * @throws HubError if the storage or the database is not available
   */
  async fillOf(content: HeldContent, file: CachedFile): Promise<Fill | undefined> {
    const { id } = content;
    for (let running = this.fills.get(id); running; running = this.fills.get(id)) {
      if (!running.ending) return running.fill;
      await running.ending;
    }
    const claim = { id, owner: randomUUID() }; // unique, so that the end of an earlier fill does not release this claim
    const running: RunningFill = { claim, fill: this.begin(content, file, claim) };
    this.fills.set(id, running);
    try {
      const fill = await running.fill;
      running.started = fill;
      if (!fill) this.fills.delete(id);
      return fill;
    } catch (error) {
      await this.end(running, false);
      throw error;
    }
  }

  private async begin(content: HeldContent, file: CachedFile, claim: Claim): Promise<Fill | undefined> {
    const blocks = await this.blocks.claim(claim, blockBytesOf(content.size));
    if (!blocks) return undefined;
    const intact = this.intact.get(content.id) ?? new Set();
    this.intact.set(content.id, intact);
    const stored = new Set<number>();
    for (const block of blocks) {
      if (!intact.has(block.index) && !(await this.isIntact(content, block))) continue;
      intact.add(block.index);
      stored.add(block.index);
    }
    const fill = new Fill(this.newFile(content, file, claim), stored);
    if (fill.isComplete) void fill.settle();
    return fill;
  }

  /** Reads a block that another process has stored, or this one before a restart. A damaged one is removed, and requested again. */
  private async isIntact(content: HeldContent, { index, digest }: HeldBlock): Promise<boolean> {
    const blockBytes = blockBytesOf(content.size);
    const range = { start: index * blockBytes, end: Math.min((index + 1) * blockBytes, content.size) - 1 };
    if ((await this.digestOf(content, range, digest)) === digest) return true;
    await this.blocks.remove(content.id, index, range.end - range.start + 1);
    return false;
  }

  /** Undefined for a missing block. */
  private async digestOf(content: HeldContent, range: ByteRange, expected: string): Promise<string | undefined> {
    try {
      return await digestLike(expected, await this.bytes.blocks.open(content, range));
    } catch (error) {
      if (isMissingContent(error)) return undefined;
      throw error;
    }
  }

  private newFile(content: HeldContent, source: CachedFile, claim: Claim): FillingFile {
    const { blocks, bytes, space, budget, digests } = this;
    const stores = { blocks, bytes, space, budget, digests };
    return new FillingFile({ content, source, claim }, stores, {
      stored: (index) => this.intact.get(content.id)?.add(index),
      report: (err) => this.logger.warn({ err, id: content.id }, 'Failed to store a file in the content cache'),
      discard: (err) => this.discard(content, claim, err),
      giveUp: () => void this.release(claim),
      release: (isPublished) => {
        const running = this.fills.get(content.id);
        if (running?.claim === claim && !running.ending) running.ending = this.end(running, isPublished);
      },
    });
  }

  private discard(content: HeldContent, claim: Claim, err: HubError): void {
    const { id, etag, sourceKey } = content;
    this.logger.error({ err, etag, source: sourceKey }, 'A source sent a wrong file, which was discarded');
    this.wrong.set(wrongKey(content), true);
    this.intact.delete(id);
    this.space.remove(claim).catch((error: unknown) => this.logger.warn({ err: error, id }, NOT_DISCARDED));
  }

  private async end(running: RunningFill, isPublished: boolean): Promise<void> {
    const { id } = running.claim;
    await this.release(running.claim);
    if (isPublished)
      await this.bytes.blocks.drop(id).catch((err: unknown) => this.logger.warn({ err, id }, NOT_DROPPED));
    if (this.fills.get(id) === running) this.fills.delete(id);
  }

  /** Never rejects: the claim ends by itself. */
  private async release(claim: Claim): Promise<void> {
    await this.blocks.release(claim).catch((err: unknown) => {
      this.logger.warn({ err, id: claim.id }, 'Failed to release a file of the content cache');
    });
  }
}

const wrongKey = ({ sourceKey, etag, size }: FileIdentity): string => `${sourceKey} ${etag} ${size}`;
