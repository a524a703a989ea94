import { SIZE_BYTES } from '../xet/file-parts.js';

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

/** Chunks of known sizes. */
export class SizedChunks implements ChunkSizes {
  private readonly starts: number[] = [0];

  /** @param sizes - three bytes each, as in the chunk headers of the protocol */
  constructor(sizes: Buffer) {
    for (let at = 0; at < sizes.length; at += SIZE_BYTES)
      this.starts.push(this.starts.at(-1)! + sizes.readUIntLE(at, SIZE_BYTES));
  }

  get count(): number {
    return this.starts.length - 1;
  }

  get bytes(): number {
    return this.starts.at(-1)!;
  }

  startOf(index: number): number {
    return this.starts[index]!;
  }

  indexAt(offset: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
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
