import type { AcceptedBlock } from './fill-blocks.js';
import type { StoringBlock } from './storing-block.js';

/** A run waits for a reader that had all of its bytes and is now this far behind, so that it seldom has to read them from the store. */
const MAX_LEAD_BYTES = 512 * 1024;
/** A reader that needs longer is slower than the source, which does not wait for it. */
const PATIENCE_MS = 20;

/** Where a run stores its bytes. */
export interface RunPorts {
  /** Whether the file has all other blocks. */
  completes(index: number): boolean;
  /** Begins to receive a block. `undefined` if it is stored, or another run receives it. */
  begin(index: number): StoringBlock | undefined;
  /** Checks and stores a block that has arrived. */
  accept(block: StoringBlock): AcceptedBlock;
  /** The rest of a block does not arrive. */
  cancel(block: StoringBlock): Promise<void>;
}

/**
 * One request to the source, for consecutive blocks of a file. Readers get its bytes as they arrive. The last of them are in memory; readers that are
 * further behind read from the store.
 */
export class FillRun {
  readonly start: number;
  /** Offset of the next byte that readers do not have yet. */
  position: number;
  /** The block before the current one, and whether it is stored. */
  private previous: { readonly block: StoringBlock; readonly stored: Promise<boolean> } | undefined;
  private waiting: (() => void)[] = [];
  private failure: { readonly error: unknown } | undefined;
  private hasEnded = false;
  /** The last offset that a reader has wanted. */
  private readAt: number;
  /** Whether a reader is as fast as the source. */
  private isFollowed = false;
  private resume: (() => void) | undefined;
  private readonly controller = new AbortController();

  /**
   * @param block - the first block, or the last one after the end
   * @param until - offset after the last byte, at the end of a block
   */
  constructor(
    private block: StoringBlock,
    readonly until: number,
    private readonly ports: RunPorts,
  ) {
    this.start = block.start;
    this.position = block.start;
    this.readAt = block.start;
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
    if (this.block !== this.previous?.block) await this.ports.cancel(this.block);
    await this.previous?.stored;
    this.hasEnded = true;
    this.wake();
  }

  /**
   * Waits for the byte at an offset. Returns it with those after it that have arrived, or `undefined` if it is in the store by now or the run
   * has ended before it. Call `wake` when the signal aborts.
   * @throws the error of the source; the reason of the signal
   */
  async bytesAt(offset: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    this.readAt = Math.max(this.readAt, offset);
    if (!this.isAhead) this.resume?.();
    for (;;) {
      signal.throwIfAborted();
      if (offset < this.position) {
        const bytes = this.block.bytesFrom(offset) ?? this.previous?.block.bytesFrom(offset);
        return bytes?.subarray(0, this.position - offset);
      }
      if (this.failure) throw this.failure.error;
      if (this.hasEnded) return undefined;
      this.isFollowed = true;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Offset after the bytes that can be read from the store before their block is complete, if the one at `offset` can. */
  readableUntil(offset: number): number | undefined {
    if (this.hasEnded || offset >= this.position) return undefined;
    const until = this.block.readableUntil(offset) ?? this.previous?.block.readableUntil(offset);
    return until === undefined ? undefined : Math.min(until, this.position);
  }

  /** Continues readers that wait for bytes. */
  wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }

  private async readBlocks(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const piece of source) {
      for (let rest = piece; rest.byteLength > 0;) {
        if (this.signal.aborted || this.position >= this.until) return;
        const { block } = this;
        const part = rest.subarray(0, block.until - block.end);
        rest = rest.subarray(part.byteLength);
        block.add(part);
        if (!block.hasArrived) {
          this.show();
          if (block.isDue && !(await block.store())) return;
          if (this.isFollowed && this.isAhead) await this.waitForReader();
        } else if (!(await this.endBlock())) return;
      }
    }
    if (this.position < this.until && !this.signal.aborted)
      throw new Error(`The source sent ${this.position - this.start} of ${this.until - this.start} bytes`);
  }

  private get isAhead(): boolean {
    return this.position - this.readAt > MAX_LEAD_BYTES;
  }

  private waitForReader(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.isFollowed = false;
        resolve();
      }, PATIENCE_MS);
      this.resume = () => {
        clearTimeout(timer);
        this.resume = undefined;
        resolve();
      };
    });
  }

  /** Readers get all bytes that have arrived. */
  private show(): void {
    this.position = this.block.end;
    this.wake();
  }

  /** Stores the current block while the next one arrives. Returns whether the run continues. */
  private async endBlock(): Promise<boolean> {
    const { block, ports } = this;
    const completes = ports.completes(block.index);
    if (!completes) this.show();
    if (this.previous && !(await this.previous.stored)) {
      this.show();
      return false;
    }
    const { checked, stored } = ports.accept(block);
    this.previous = { block, stored };
    if (completes) await checked; // before readers have all bytes
    this.show();
    const next = this.position < this.until ? ports.begin(block.index + 1) : undefined;
    if (next) this.block = next;
    return next !== undefined;
  }
}
