import type { Readable } from 'node:stream';
import { HubError } from '../../domain/hub-error.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { blockBytesOf } from '../../platform/storage/block-store.js';
import type { BlockBudget } from './block-budget.service.js';
import type { CacheSpace } from './cache-space.service.js';
import { isGitId, matchesEtag, type CachedFile } from './cached-file.js';
import type { DigestThread } from './digest-thread.service.js';
import type { FileDigests, FileHash } from './file-hash.js';
import type { FillPorts, StoredBlock } from './fill-ports.js';
import type { HeldBytes } from './held-bytes.service.js';
import type { Claim, HeldBlockStore } from './held-blocks.store.js';
import type { HeldContent } from './held-content.store.js';
import { SEGMENTS_IN_MEMORY } from './storing-block.js';

/** A block that takes longer, for example because of a lock in the database, is not waited for. */
const STORE_MS = 20_000;
/** Bytes that are digested and written at a time. */
const SEGMENT_BYTES = 256 * 1024;
/** Limit of the column. */
const MAX_TYPE_LENGTH = 255;

/** A file that this process may fill. */
interface ClaimedFile {
  readonly content: HeldContent;
  readonly source: CachedFile;
  readonly claim: Claim;
}

/** The stores that a fill uses. */
interface FillStores {
  readonly blocks: HeldBlockStore;
  readonly bytes: HeldBytes;
  readonly space: CacheSpace;
  readonly budget: BlockBudget;
  readonly digests: DigestThread;
}

/** Callbacks for the end of a fill. */
interface FillEvents {
  stored(index: number): void;
  report(error: unknown): void;
  discard(error: HubError): void;
  giveUp(): void;
  release(isPublished: boolean): void;
}

/** A file of the content cache while this process fills it: where its bytes come from, and where they are stored. */
export class FillingFile implements FillPorts {
  readonly size: number;
  readonly blockBytes: number;
  readonly storeMs = STORE_MS;
  readonly segmentBytes = SEGMENT_BYTES;
  readonly readsUnfinished: boolean;
  private readonly content: HeldContent;
  private readonly source: CachedFile;
  private readonly claim: Claim;
  private contentType: string | null = null;
  /** SHA-256 of the blob that the file has become. */
  private blob: string | undefined;
  private publishing: Promise<void> | undefined;

  constructor(
    { content, source, claim }: ClaimedFile,
    private readonly stores: FillStores,
    private readonly events: FillEvents,
  ) {
    [this.content, this.source, this.claim] = [content, source, claim];
    this.size = content.size;
    this.blockBytes = blockBytesOf(content.size);
    this.readsUnfinished = stores.bytes.blocks.readsUnfinished;
  }

  async fetch(range: ByteRange, signal: AbortSignal, isAwaited?: () => boolean): Promise<AsyncIterable<Uint8Array>> {
    const { bytes, contentType } = await this.source.fetch(range, signal, isAwaited);
    this.contentType = contentType?.slice(0, MAX_TYPE_LENGTH) ?? this.contentType;
    return bytes;
  }

  newHash(): FileHash {
    return this.stores.digests.begin(this.size, isGitId(this.content.etag));
  }

  reserve(): (() => void) | undefined {
    const memory = this.readsUnfinished ? SEGMENTS_IN_MEMORY * this.segmentBytes : 2 * this.blockBytes;
    return this.stores.budget.reserve(Math.min(memory, this.size));
  }

  storeBlock(index: number, bytes: number): StoredBlock {
    const { claim, content: file } = this;
    const block = this.stores.space.begin({ claim, file, index, bytes });
    return {
      write: (pieces) => block.write(pieces),
      end: async (digest) => {
        const isStored = await block.end(digest);
        if (isStored) this.events.stored(index);
        return isStored;
      },
      cancel: () => block.cancel(),
    };
  }

  async open(range: ByteRange): Promise<Readable> {
    const { blocks, blobs } = this.stores.bytes;
    if (this.blob === undefined)
      try {
        return await blocks.open(this.content, range);
      } catch (error) {
        if (!this.publishing) throw error;
        await this.publishing; // the blocks were moved in the meantime
      }
    return blobs.open(this.blob!, range);
  }

  verify(digests: FileDigests): void {
    if (!matchesEtag(this.content.etag, digests))
      throw new HubError('UpstreamFailed', 'The source sent a file that differs from the digest that it reports.');
  }

  publish(digests: FileDigests): Promise<void> {
    this.publishing = this.moveToBlobs(digests);
    return this.publishing;
  }

  report(error: unknown): void {
    this.events.report(error);
  }

  discard(error: HubError): void {
    this.events.discard(error);
  }

  giveUp(): void {
    this.events.giveUp();
  }

  release(): void {
    this.events.release(this.blob !== undefined);
  }

  private async moveToBlobs({ sha256 }: FileDigests): Promise<void> {
    const { blocks, bytes } = this.stores;
    const { id, size } = this.content;
    if (!(await blocks.verified(id, sha256, this.contentType))) return;
    await bytes.blocks.publish(this.content, { sha256, size });
    await blocks.published(id);
    this.blob = sha256;
  }
}
