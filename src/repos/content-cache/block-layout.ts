/** The blocks of a file. */
export class BlockLayout {
  /**
   * @param size - bytes of the file
   * @param blockBytes - bytes of a block; the last block may be shorter
   */
  constructor(
    private readonly size: number,
    private readonly blockBytes: number,
  ) {}

  /** Number of blocks. */
  get count(): number {
    return Math.ceil(this.size / this.blockBytes);
  }

  /** Index of the block with an offset. */
  blockOf(offset: number): number {
    return Math.floor(offset / this.blockBytes);
  }

  /** Offset of the first byte of the block with an offset. */
  startOf(offset: number): number {
    return this.blockOf(offset) * this.blockBytes;
  }

  /** Offset of the last byte of the block with an offset. */
  lastOf(offset: number): number {
    return Math.min(this.startOf(offset) + this.blockBytes, this.size) - 1;
  }

  /** The last offset, up to `end`, before which all blocks from `at` on are stored. */
  lastStored(stored: ReadonlySet<number>, at: number, end: number): number {
    let last = this.lastOf(at);
    while (last < end && stored.has(this.blockOf(last + 1))) last = this.lastOf(last + 1);
    return Math.min(end, last);
  }
}
