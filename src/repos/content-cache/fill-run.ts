import { ArrivedBlock } from './arrived-block.js';

/** The results of digesting and storing a block that has arrived. */
export interface AcceptedBlock {
  /** Rejects if the block completes the file, and shows that it is wrong. */
  readonly checked: Promise<void>;
  /** Whether the block is stored. Never rejects. */
  readonly stored: Promise<boolean>;
}

/** Where a run gets its bytes and what it does with them. */
export interface RunPorts {
  readonly blockBytes: number;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Whether the file has all other blocks. */
  completes(index: number): boolean;
  /** Takes a block that has arrived, to digest and store it. */
  accept(index: number, block: ArrivedBlock): AcceptedBlock;
  /** Whether another run fetches a block, or it is stored. */
  isTaken(index: number): boolean;
}

/**
 * One request to the source, for consecutive blocks of a file. Readers get its bytes as they arrive. The current block is in memory, and the one
 * before it while it is stored; readers that are further behind read from the store.
 */
export class FillRun {
  /** Offset of the next byte that readers do not have yet. */
  position: number;
  private block: ArrivedBlock;
  /** The block before the current one. */
  private storing: StoringBlock | undefined;
  private waiting: (() => void)[] = [];
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
    this.block = new ArrivedBlock(start);
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
    this.wake();
  }

  /**
   * Waits for the byte at an offset. Returns it with those after it that have arrived, or `undefined` if it is in the store by now or the run
   * has ended before it. Call `wake` when the signal aborts.
   * @throws the error of the source; the reason of the signal
   */
  async bytesAt(offset: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    for (;;) {
      signal.throwIfAborted();
      if (offset < this.block.start) return this.storing?.bytesFrom(offset);
      if (offset < this.position) return this.block.bytesFrom(offset)?.subarray(0, this.position - offset);
      if (this.failure) throw this.failure.error;
      if (this.hasEnded) return undefined;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Continues readers that wait for bytes. */
  wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }

  private async readBlocks(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const piece of source) {
      for (let rest = piece; rest.byteLength > 0;) {
        if (this.signal.aborted || this.position >= this.until) return;
        const end = this.blockEnd();
        const part = rest.subarray(0, end - this.position);
        rest = rest.subarray(part.byteLength);
        this.block.add(part);
        const isWhole = this.block.start + this.block.length === end;
        if (!isWhole) this.show();
        else if (!(await this.endBlock())) return;
      }
    }
    if (this.position < this.until && !this.signal.aborted)
      throw new Error(`The source sent ${this.position - this.start} of ${this.until - this.start} bytes`);
  }

  /** Readers get all bytes that have arrived. */
  private show(): void {
    this.position = this.block.start + this.block.length;
    this.wake();
  }

  /** Stores the current block while the next one arrives. Returns whether the run continues. */
  private async endBlock(): Promise<boolean> {
    const { block, ports } = this;
    const index = block.start / ports.blockBytes;
    const completes = ports.completes(index);
    if (!completes) this.show();
    if (this.storing && !(await this.storing.done)) {
      this.show();
      return false;
    }
    const { checked, stored } = ports.accept(index, block);
    if (completes) await checked; // before readers have all bytes
    this.show();
    this.storing = new StoringBlock(block, stored);
    this.block = new ArrivedBlock(this.position);
    return !ports.isTaken(index + 1);
  }

  private blockEnd(): number {
    return Math.min(this.block.start + this.ports.blockBytes, this.ports.size);
  }
}

/** A complete block until it is in the store. */
class StoringBlock {
  private isStored = false;
  /** Whether it was stored. */
  readonly done: Promise<boolean>;

  constructor(
    private readonly block: ArrivedBlock,
    stored: Promise<boolean>,
  ) {
    this.done = stored.then((isStored) => (this.isStored = isStored));
  }

  /** Its bytes from an offset of the file on; `undefined` if they are in the store. */
  bytesFrom(offset: number): Uint8Array | undefined {
    return this.isStored ? undefined : this.block.bytesFrom(offset);
  }
}
