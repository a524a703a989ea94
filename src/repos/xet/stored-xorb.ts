import type { XorbLayout } from './format/xorb.js';
import type { ChunkRun } from './locate-chunks.js';

/** A xorb, and where the contents of its chunks are stored. */
export interface StoredXorb {
  readonly id: number;
  /** Hash of its salted bytes in the blob store; `null` once they have been deleted. */
  readonly sha256: string | null;
  /** The headers of its chunks, eight bytes each. */
  readonly headers: Uint8Array;
  readonly layout: XorbLayout;
  /** Runs of its chunks that are stored in large files. */
  readonly runs: readonly ChunkRun[];
}

/** Chunks of a xorb that a part of a large file was created from. */
export interface ChunkUsage {
  readonly xorbId: number;
  readonly first: number;
  readonly end: number;
  /** Hash of the large file. */
  readonly sha256: string;
  /** Offset of the first chunk in the file, in bytes. */
  readonly offset: number;
}
