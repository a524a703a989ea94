import type { Readable } from 'node:stream';
import type { ByteRange, StoredBlob } from './blob-store.js';

const MIB = 1024 * 1024;
const MIN_BLOCK_BYTES = 8 * MIB;
/** S3 assembles an object from at most this many parts. */
const MAX_BLOCKS = 10_000;

/** Size of the blocks of a file of `size` bytes; the last block is shorter. 8 MiB for files up to 78 GiB, whole MiB for larger ones. */
export const blockBytesOf = (size: number): number =>
  Math.max(MIN_BLOCK_BYTES, Math.ceil(size / MAX_BLOCKS / MIB) * MIB);

/**
 * Stores files that arrive in blocks, in any order, until they are complete and become blobs. Files are identified by UUIDs. Blocks survive a
 * crash of the process, but a block may be damaged by a power failure: verify blocks that another process has written.
 */
export interface BlockStore {
  /** Whether the bytes of a block can be read as soon as they are written. Otherwise the whole block is in memory until it is stored. */
  readonly readsUnfinished: boolean;
  /**
   * Begins to write a block. The writer must be ended or canceled.
   * @throws HubError `StorageFull` if the disk has too little space
   */
  begin(file: PartialFile, block: PartialBlock): Promise<BlockWriter>;
  /**
   * Opens a range of bytes that have been written.
   * @throws HubError `ContentMissing`, also while the range is read, if the file has been published or dropped
   */
  open(file: PartialFile, range: ByteRange): Promise<Readable>;
  /** Turns a complete file into a blob, durably. Its blocks may be deleted by that. Does nothing if it has been published before. */
  publish(file: PartialFile, blob: StoredBlob): Promise<void>;
  /** Deletes all blocks of a file, if there are any. */
  drop(id: string): Promise<void>;
  /** The ids of all files that have blocks. */
  list(): AsyncIterable<string>;
}

/** A block that is written. */
export interface PartialBlock {
  readonly index: number;
  /** Its size. */
  readonly bytes: number;
}

/** Writes a block from its first byte to its last one. */
export interface BlockWriter {
  /** Writes the next bytes, given in pieces. Must not be called again before this has resolved. */
  write(pieces: readonly Uint8Array[]): Promise<void>;
  /** Resolves when the block, whose bytes have all been written, is stored. */
  end(): Promise<void>;
  /** The rest of the block will not be written. */
  cancel(): Promise<void>;
}

/** A file whose blocks are stored. */
export interface PartialFile {
  /** A UUID. */
  readonly id: string;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** Injection token of the block store. */
export const BLOCK_STORE = Symbol('BlockStore');
