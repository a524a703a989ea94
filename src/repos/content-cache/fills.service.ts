import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { LRUCache } from 'lru-cache';
import { BLOB_STORE, type BlobStore, type ByteRange } from '../../platform/storage/blob-store.js';
import { BLOCK_STORE, blockBytesOf, type BlockStore } from '../../platform/storage/block-store.js';
import { CacheSpace } from './cache-space.service.js';
import { matchesEtag, type CachedFile } from './cached-file.js';
import { Fill, WrongContentError, type FileDigests, type FillPorts } from './fill.js';
import {
  HeldContentStore,
  LEASE_SECONDS,
  type FileIdentity,
  type HeldBlock,
  type HeldContent,
} from './held-content.store.js';

/** How long a file that was wrong is passed on without the cache. */
const WRONG_MS = 3_600_000;
const MAX_WRONG = 1000;
const NOT_DISCARDED = 'Failed to discard a wrong file';

/** The stores of the content cache. */
@Injectable()
export class HeldBytes {
  constructor(
    @Inject(BLOB_STORE) readonly blobs: BlobStore,
    @Inject(BLOCK_STORE) readonly blocks: BlockStore,
  ) {}
}

/** The files that this process fills. A process must claim a file before it fills it, so that a file is requested from its source once. */
@Injectable()
export class Fills implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('ContentCache');
  private readonly fills = new Map<string, Promise<Fill | undefined>>();
  private readonly wrong = new LRUCache<string, true>({ max: MAX_WRONG, ttl: WRONG_MS });
  private renewal: NodeJS.Timeout | undefined;

  constructor(
    private readonly held: HeldContentStore,
    private readonly space: CacheSpace,
    private readonly bytes: HeldBytes,
  ) {}

  onModuleInit(): void {
    const renew = (): void => {
      if (this.fills.size === 0) return;
      this.held.renew([...this.fills.keys()], this.space.owner).catch((err: unknown) => {
        this.logger.warn({ err }, 'Failed to renew the claims of files of the content cache');
      });
    };
    this.renewal = setInterval(renew, (LEASE_SECONDS * 1000) / 3);
    this.renewal.unref();
  }

  /** Ends all fills. Their blocks stay, and another process goes on with them. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.renewal);
    for (const fill of await Promise.all(this.fills.values())) fill?.abort();
  }

  /** The number of files that are being filled. */
  get count(): number {
    return this.fills.size;
  }

  /** Whether the source has sent other content than it announces, within the last hour. */
  isWrong(identity: FileIdentity): boolean {
    return this.wrong.has(wrongKey(identity));
  }

  /** The fill of a file in this process, which is begun if no other process has claimed the file. */
  fillOf(content: HeldContent, file: CachedFile): Promise<Fill | undefined> {
    const running = this.fills.get(content.id);
    if (running) return running;
    const fill = this.begin(content, file);
    this.fills.set(content.id, fill);
    fill.then(
      (begun) => begun ?? this.fills.delete(content.id),
      () => this.fills.delete(content.id),
    );
    return fill;
  }

  private async begin(content: HeldContent, file: CachedFile): Promise<Fill | undefined> {
    const blocks = await this.held.claim({ id: content.id, owner: this.space.owner });
    if (!blocks) return undefined;
    const intact = new Set<number>();
    for (const block of blocks) if (await this.isIntact(content, block)) intact.add(block.index);
    const fill = new Fill(this.portsOf(content, file), intact);
    if (fill.isComplete) void fill.settle();
    return fill;
  }

  /** Reads a block that another process has stored, or this one before a restart. A damaged one is removed, and requested again. */
  private async isIntact(content: HeldContent, { index, sha256 }: HeldBlock): Promise<boolean> {
    const blockBytes = blockBytesOf(content.size);
    const range = { start: index * blockBytes, end: Math.min((index + 1) * blockBytes, content.size) - 1 };
    const stored = await this.bytes.blocks
      .open(content, range)
      .then((stream) => buffer(stream))
      .catch(() => undefined);
    if (stored && createHash('sha256').update(stored).digest('hex') === sha256) return true;
    await this.held.removeBlock(content.id, index, range.end - range.start + 1);
    return false;
  }

  private portsOf(content: HeldContent, file: CachedFile): FillPorts {
    const { id, size, etag } = content;
    const claim = { id, owner: this.space.owner };
    let contentType: string | null = null;
    let blob: string | undefined;
    let publishing: Promise<void> | undefined;
    const publish = async ({ sha256 }: FileDigests): Promise<void> => {
      if (!(await this.held.verified(id, sha256, contentType))) return;
      await this.bytes.blocks.publish(content, { sha256, size });
      await this.held.published(id);
      blob = sha256;
    };
    return {
      size,
      blockBytes: blockBytesOf(size),
      fetch: async (range, signal) => {
        const fetched = await file.fetch(range, signal);
        contentType = fetched.contentType ?? contentType;
        return fetched.bytes;
      },
      store: (index, bytes, sha256) => this.space.store({ claim, file: content, index, content: bytes, sha256 }),
      open: async (range: ByteRange) => {
        if (blob === undefined)
          try {
            return await this.bytes.blocks.open(content, range);
          } catch (error) {
            if (!publishing) throw error;
            await publishing; // the file was moved in the meantime
          }
        return this.bytes.blobs.open(blob!, range);
      },
      verify: (digests) => {
        if (!matchesEtag(etag, digests))
          throw new WrongContentError('The file differs from the digest that its source reports');
      },
      publish: (digests) => (publishing = publish(digests)),
      discard: (err) => {
        this.logger.error({ err, etag, source: content.sourceKey }, 'A source sent a wrong file, which was discarded');
        this.wrong.set(wrongKey(content), true);
        this.space.remove(id).catch((error: unknown) => this.logger.warn({ err: error, id }, NOT_DISCARDED));
      },
      release: () => void this.end(content, blob !== undefined),
    };
  }

  private async end({ id }: HeldContent, isPublished: boolean): Promise<void> {
    if (!this.fills.delete(id)) return;
    try {
      await this.held.release({ id, owner: this.space.owner });
      if (isPublished) await this.bytes.blocks.drop(id);
    } catch (err) {
      this.logger.warn({ err, id }, 'Failed to release a file of the content cache');
    }
  }
}

const wrongKey = ({ sourceKey, etag, size }: FileIdentity): string => `${sourceKey} ${etag} ${size}`;
