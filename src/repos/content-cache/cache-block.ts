import { HubError } from '../../domain/hub-error.js';
import type { BlockWriter, PartialFile } from '../../platform/storage/block-store.js';
import { toStorageError } from '../../platform/storage/storage-error.js';
import type { StoredBlock } from './fill-ports.js';
import type { HeldBytes } from './held-bytes.service.js';
import type { Claim, HeldBlockStore } from './held-blocks.store.js';

/** A block to be stored. */
export interface BlockToStore {
  readonly claim: Claim;
  readonly file: PartialFile;
  readonly index: number;
  /** Its size. */
  readonly bytes: number;
}

/** Where a block is stored and counted. */
interface CacheBlockStores {
  readonly blocks: HeldBlockStore;
  readonly bytes: HeldBytes;
  /** Counts the bytes of the block. Returns false if there is no space, also after other files were removed, or if the file was removed. */
  reserve(): Promise<boolean>;
  onFullDisk(): void;
}

const isFull = (error: unknown): boolean =>
  (error instanceof HubError ? error.code : toStorageError(error)?.code) === 'StorageFull';

/** A block of the content cache while it is stored. Its bytes are counted before the first of them is written. */
export class CacheBlock implements StoredBlock {
  /** Since the first write. Resolves to `undefined` if there is no space for the block. */
  private writer: Promise<BlockWriter | undefined> | undefined;

  constructor(
    private readonly block: BlockToStore,
    private readonly stores: CacheBlockStores,
  ) {}

  async write(pieces: readonly Uint8Array[]): Promise<boolean> {
    this.writer ??= this.open();
    const writer = await this.writer;
    return writer !== undefined && this.isWritten(writer.write(pieces));
  }

  async end(digest: string): Promise<boolean> {
    const writer = await this.writer;
    if (!writer || !(await this.isWritten(writer.end()))) return false;
    const { claim, index, bytes } = this.block;
    const outcome = await this.stores.blocks.add(claim, { index, digest });
    if (outcome === 'removed') await this.stores.bytes.delete({ id: claim.id, sha256: null, bytes });
    return outcome === 'added';
  }

  async cancel(): Promise<void> {
    const writer = await this.writer?.catch(() => undefined);
    if (!writer) return;
    this.writer = Promise.resolve(undefined);
    await writer.cancel().catch(() => undefined);
    await this.stores.blocks.unreserve(this.block.claim, this.block.bytes);
  }

  private async open(): Promise<BlockWriter | undefined> {
    const { file, index, bytes, claim } = this.block;
    if (!(await this.stores.reserve())) return undefined;
    try {
      return await this.stores.bytes.blocks.begin(file, { index, bytes });
    } catch (error) {
      await this.stores.blocks.unreserve(claim, bytes);
      return this.refuse(error);
    }
  }

  /** Waits for a write. Returns false if the disk is full. */
  private async isWritten(written: Promise<void>): Promise<boolean> {
    try {
      await written;
      return true;
    } catch (error) {
      await this.cancel();
      this.refuse(error);
      return false;
    }
  }

  private refuse(error: unknown): undefined {
    if (!isFull(error)) throw error;
    this.stores.onFullDisk();
  }
}
