import { webcrypto } from 'node:crypto';
import { EventEmitter, once } from 'node:events';

/** A block that has arrived completely. */
export interface ArrivedBlock {
  readonly index: number;
  readonly content: Uint8Array;
  readonly digest: string;
}

/** Where a run gets its bytes and what it does with them. */
export interface RunPorts {
  readonly blockBytes: number;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Called with bytes in the order of the file, before readers see them. Throws if the last byte shows that the file is wrong. */
  inspect(bytes: Uint8Array, at: number): void;
  /** Stores a block. Returns false if there is no space for it. */
  store(index: number, content: Uint8Array, digest: string): Promise<boolean>;
  /** Whether another run fetches a block, or it is stored. */
  isTaken(index: number): boolean;
}

/**
 * One request to the source, for consecutive blocks of a file. Readers get its bytes as they arrive. The current block is in memory, and the one
 * before it while it is stored; readers that are further behind read from the store.
 */
export class FillRun {
  /** Offset of the next byte from the source. */
  position: number;
  private block: Buffer = Buffer.alloc(0);
  private blockStart: number;
  /** The block before the current one. */
  private storing: StoringBlock | undefined;
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private failure: { readonly error: unknown } | undefined;
  private hasEnded = false;
  private readonly controller = new AbortController();

  /**
   * @param start - offset of the first byte, at the start of a block
   * @param until - offset after the last byte, at the end of a block
   */
  constructor(
    readonly start: number,
    readonly until: number,
    private readonly ports: RunPorts,
  ) {
    this.position = start;
    this.blockStart = start;
  }

  /** Aborted by `abort`. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(): void {
    this.controller.abort();
  }

  /** Reads the bytes of the source until the end of the run. Never rejects: readers get the error. */
  async pump(source: () => Promise<AsyncIterable<Uint8Array>>): Promise<void> {
    try {
      await this.readBlocks(await source());
    } catch (error) {
      this.failure = { error };
    }
    await this.storing?.done;
    this.hasEnded = true;
    this.notify();
  }

  /**
   * Waits for the byte at an offset. Returns it with those after it that have arrived, or `undefined` if it is in the store by now or the run
   * has ended before it.
   * @throws the error of the source; an `AbortError` when the signal aborts
   */
  async bytesAt(offset: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
      signal.throwIfAborted();
      if (offset < this.blockStart) return this.storing?.bytesFrom(offset);
      if (offset < this.position) return this.block.subarray(offset - this.blockStart, this.position - this.blockStart);
      if (this.failure) throw this.failure.error;
      if (this.hasEnded) return undefined;
      await once(this.changes, 'change', { signal });
    }
  }

  private async readBlocks(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const piece of source) {
      for (let rest = piece; rest.byteLength > 0;) {
        if (this.signal.aborted || this.position >= this.until) return;
        const end = this.blockEnd();
        if (this.position === this.blockStart) this.block = Buffer.allocUnsafeSlow(end - this.blockStart);
        const part = rest.subarray(0, end - this.position);
        rest = rest.subarray(part.byteLength);
        this.receive(part);
        if (this.position === end && !(await this.beginBlock())) return;
      }
    }
    if (this.position < this.until && !this.signal.aborted)
      throw new Error(`The source sent ${this.position - this.start} of ${this.until - this.start} bytes`);
  }

  private receive(part: Uint8Array): void {
    this.block.set(part, this.position - this.blockStart);
    this.ports.inspect(part, this.position);
    this.position += part.byteLength;
    this.notify();
  }

  /** Stores the current block while the next one arrives. Returns whether the run continues. */
  private async beginBlock(): Promise<boolean> {
    if (this.storing && !(await this.storing.done)) return false;
    const { block, blockStart } = this;
    const index = blockStart / this.ports.blockBytes;
    this.storing = new StoringBlock(block, blockStart, this.store(index, block));
    this.blockStart = this.position;
    return !this.ports.isTaken(index + 1);
  }

  private async store(index: number, block: Buffer): Promise<boolean> {
    const digest = await webcrypto.subtle.digest('SHA-256', block); // in another thread
    return this.ports.store(index, block, Buffer.from(digest).toString('hex'));
  }

  private blockEnd(): number {
    return Math.min(this.blockStart + this.ports.blockBytes, this.ports.size);
  }

  private notify(): void {
    this.changes.emit('change');
  }
}

/** A complete block until it is in the store. */
class StoringBlock {
  private isStored = false;
  /** Whether it was stored. */
  readonly done: Promise<boolean>;

  constructor(
    private readonly content: Buffer,
    private readonly start: number,
    stored: Promise<boolean>,
  ) {
    this.done = stored.then((isStored) => (this.isStored = isStored));
  }

  /** Its bytes from an offset of the file on; `undefined` if they are in the store. */
  bytesFrom(offset: number): Uint8Array | undefined {
    return this.isStored || offset < this.start ? undefined : this.content.subarray(offset - this.start);
  }
}
