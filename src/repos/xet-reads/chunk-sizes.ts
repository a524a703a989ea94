/** The sizes of consecutive chunks. */
export interface ChunkSizes {
  readonly count: number;
  /** Sum of the sizes in bytes. */
  readonly bytes: number;
  /** Offset of a chunk in their concatenated content; of the index after the last chunk, its end. */
  startOf(index: number): number;
  /** Index of the chunk with an offset in the concatenated content. */
  indexAt(offset: number): number;
}

/** Chunks of equal size; the last one may be shorter. */
export class EqualChunks implements ChunkSizes {
  readonly count: number;

  constructor(
    readonly bytes: number,
    private readonly chunkBytes: number,
  ) {
    this.count = Math.ceil(bytes / chunkBytes);
  }

  startOf(index: number): number {
    return Math.min(index * this.chunkBytes, this.bytes);
  }

  indexAt(offset: number): number {
    return Math.floor(offset / this.chunkBytes);
  }
}
