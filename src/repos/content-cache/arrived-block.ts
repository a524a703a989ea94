import { BlockDigest } from './block-digest.js';

/** Shorter pieces are copied into larger ones, so that a source cannot cause millions of objects. */
const MIN_PIECE_BYTES = 16 * 1024;
const JOINED_BYTES = 64 * 1024;

/**
 * The bytes of a block in the pieces in which they arrive. They are not copied, because copies and large buffers cost more than everything else, and
 * dropped as soon as possible: pieces that stay in memory for long are only freed by garbage collections of the whole heap.
 */
export class ArrivedBlock {
  /** The pieces that were not dropped. */
  readonly pieces: Uint8Array[] = [];
  /** Number of bytes that have arrived. */
  length = 0;
  /** Offsets of the pieces in the block. */
  private readonly offsets: number[] = [];
  private readonly crc = new BlockDigest();
  /** The buffer of the last piece, while it has space for further short ones. */
  private joined: Buffer | undefined;

  /** @param start - offset of its first byte in the file */
  constructor(readonly start: number) {}

  /** Its digest, once it is complete. */
  get digest(): string {
    return this.crc.hex;
  }

  add(bytes: Uint8Array): void {
    this.crc.update(bytes);
    if (bytes.byteLength >= MIN_PIECE_BYTES) this.append(bytes);
    else this.join(bytes);
    this.length += bytes.byteLength;
  }

  /** Offset in the file after the last byte that has arrived. */
  get end(): number {
    return this.start + this.length;
  }

  /** The pieces from an offset of the file on, which must not have been dropped. */
  piecesFrom(offset: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let at = offset; at < this.end; at += pieces.at(-1)!.byteLength) pieces.push(this.bytesFrom(at)!);
    return pieces;
  }

  /** Drops pieces whose bytes are all before an offset of the file. */
  dropBefore(offset: number): void {
    const next = this.offsets.findIndex((at, n) => this.start + at + this.pieces[n]!.byteLength > offset);
    const count = next < 0 ? this.pieces.length : next;
    this.pieces.splice(0, count);
    this.offsets.splice(0, count);
    if (this.pieces.length === 0) this.joined = undefined;
  }

  /** The piece with an offset of the file, from there on. `undefined` if it has not arrived, or was dropped. */
  bytesFrom(offset: number): Uint8Array | undefined {
    const at = offset - this.start;
    if (at < (this.offsets[0] ?? this.length) || at >= this.length) return undefined;
    let [low, high] = [0, this.offsets.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.offsets[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return this.pieces[low]!.subarray(at - this.offsets[low]!);
  }

  private append(bytes: Uint8Array): void {
    this.offsets.push(this.length);
    this.pieces.push(bytes);
    this.joined = undefined;
  }

  private join(bytes: Uint8Array): void {
    const last = this.joined && this.pieces.at(-1)!.byteLength;
    if (!this.joined || last === undefined || last + bytes.byteLength > this.joined.byteLength) {
      const joined = Buffer.allocUnsafeSlow(JOINED_BYTES);
      joined.set(bytes);
      this.append(joined.subarray(0, bytes.byteLength));
      this.joined = joined;
      return;
    }
    this.joined.set(bytes, last);
    this.pieces[this.pieces.length - 1] = this.joined.subarray(0, last + bytes.byteLength);
  }
}
