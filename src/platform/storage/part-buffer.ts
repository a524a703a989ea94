const FIRST_BYTES = 64 * 1024;
const EMPTY = new Uint8Array(0);

/** Collects the chunks of a part. Its memory grows with the content, and does not depend on the size of the chunks. */
export class PartBuffer {
  private buffer: Uint8Array = EMPTY;
  private length = 0;

  constructor(private readonly capacity: number) {}

  /** Bytes that can be added. */
  get free(): number {
    return this.capacity - this.length;
  }

  /** @param chunk - at most `free` bytes */
  append(chunk: Uint8Array): void {
    const length = this.length + chunk.byteLength;
    if (length > this.buffer.byteLength) this.growTo(length);
    this.buffer.set(chunk, this.length);
    this.length = length;
  }

  /** Returns the content, and begins a new part. */
  take(): Uint8Array {
    const part = this.buffer.subarray(0, this.length);
    this.buffer = EMPTY;
    this.length = 0;
    return part;
  }

  private growTo(length: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.min(this.capacity, Math.max(length, 2 * this.length, FIRST_BYTES)));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }
}
