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
  /**
   * Writes a block, whose bytes are given in pieces.
   * @throws HubError `StorageFull` if the disk has too little space
   */
  put(file: PartialFile, index: number, pieces: readonly Uint8Array[]): Promise<void>;
  /**
   * Opens a range of blocks that have been written.
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

/** A file whose blocks are stored. */
export interface PartialFile {
  /** A UUID. */
  readonly id: string;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** Injection token of the block store. */
export const BLOCK_STORE = Symbol('BlockStore');
