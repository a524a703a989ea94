import type { HubError } from '../../domain/hub-error.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import type { FileDigests, FileHash } from './file-hash.js';

/** A block while it is stored. It must be ended or canceled. */
export interface StoredBlock {
  /** Writes the next bytes. Returns false if there is no space for the block. */
  write(pieces: readonly Uint8Array[]): Promise<boolean>;
  /** Stores the block, whose bytes have all been written. Returns false if there is no space for it. */
  end(digest: string): Promise<boolean>;
  /** The rest of the block will not be written. */
  cancel(): Promise<void>;
}

/** The services that a fill uses. */
export interface FillPorts {
  /** Bytes of the file. */
  readonly size: number;
  readonly blockBytes: number;
  /** How long readers wait for a block to be stored, in milliseconds. */
  readonly storeMs: number;
  /** Begins to compute the digests that `verify` needs. */
  newHash(): FileHash;
  /** Reserves the memory of a run. Returns a function that frees it, or `undefined` if there is too little. */
  reserve(): (() => void) | undefined;
  /** Requests a range of the file from the source. `isAwaited`: whether several readers wait for it. */
  fetch(range: ByteRange, signal: AbortSignal, isAwaited?: () => boolean): Promise<AsyncIterable<Uint8Array>>;
  /** Whether `open` returns bytes of a block that was written in part. */
  readonly readsUnfinished: boolean;
  /** Blocks are digested and written in segments of at least this many bytes. */
  readonly segmentBytes: number;
  /** Begins to store a block of a size. */
  storeBlock(index: number, bytes: number): StoredBlock;
  /** Opens a range of stored blocks, or of the file after `publish`. */
  open(range: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Checks the digests of the whole file.
   * @throws HubError
   */
  verify(digests: FileDigests): void;
  /** Called when the file is wrong: it must never be used. */
  discard(error: HubError): void;
  /** Called once when all blocks are stored and verified. */
  publish(digests: FileDigests): Promise<void>;
  /** Called when a block or the whole file could not be stored. Readers continue from the source. */
  report(error: unknown): void;
  /** Called when no further blocks will be stored, so that another process may fill the file. */
  giveUp(): void;
  /** Called when no run and no reader is left. */
  release(): void;
}
