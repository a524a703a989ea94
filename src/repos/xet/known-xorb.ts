import type { XorbLayout } from './format/xorb.js';
import type { ChunkRun } from './xet-places.js';

/** A xorb with what is needed to read its chunks. */
export interface KnownXorb {
  readonly id: number;
  /** Its own bytes in the blob store, behind the salt; null when they were let go. */
  readonly sha256: string | null;
  /** The headers of its chunks, eight bytes each. */
  readonly headers: Uint8Array;
  readonly layout: XorbLayout;
  /** Where contents of its chunks lie in large files. */
  readonly runs: readonly ChunkRun[];
}

/** Which chunks, read from which xorb, have made a part of a file. */
export interface UsedChunks {
  readonly xorbId: number;
  readonly first: number;
  readonly end: number;
  /** Where they begin in the file. */
  readonly offset: number;
}
