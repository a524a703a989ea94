import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { BlockLayout } from './block-layout.js';
import { FillBlocks } from './fill-blocks.js';
import type { FillPorts } from './fill-ports.js';
import { FillRun } from './fill-run.js';
import { FillRuns } from './fill-runs.js';

/** A reader that would wait for more bytes than this before its own gets them by a separate request. */
const MAX_SKIP_BYTES = 64 * 1024;
/**
 * Fills a file of the content cache while it is read. Missing blocks are requested from the source once, for all readers; a reader of the
 * whole file causes one request, readers of ranges cause requests for the blocks that they need.
 */
export class Fill {
  private readonly runs: FillRuns;
  private readonly layout: BlockLayout;
  private readonly blocks: FillBlocks;
  private readers = 0;
  private isPublished = false;
  private publishing: Promise<void> | undefined;

  /** @param stored - the blocks that are stored already; they have been verified */
  constructor(
    private readonly ports: FillPorts,
    stored: Set<number>,
  ) {
    this.blocks = new FillBlocks(ports, stored);
    this.runs = new FillRuns(ports.blockBytes);
    this.layout = new BlockLayout(ports.size, ports.blockBytes);
  }

  /** Whether all blocks are stored. */
  get isComplete(): boolean {
    return this.blocks.stored.size === this.layout.count;
  }

  /** Whether there are no readers and no runs. */
  get isIdle(): boolean {
    return this.readers === 0 && this.runs.isEmpty && this.publishing === undefined;
  }

  /**
   * Reads a range of the file. The generator must be started.
   * @throws the errors of the source
   */
  read(range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.readers += 1; // at once, so that the fill is not released before the first byte is read
    return this.pieces(range, signal);
  }

  private async *pieces({ start, end }: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const wake = (): void => this.runs.wake();
    signal.addEventListener('abort', wake, { once: true });
    try {
      for (let at = start; at <= end;) {
        const before = at;
        for await (const piece of this.piecesAt(at, end, signal)) {
          at += piece.byteLength;
          yield piece;
        }
        if (at === before) await yieldToEventLoop(); // the bytes have moved
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.readers -= 1;
      this.afterReader();
    }
  }

  abort(): void {
    this.runs.abort(() => true);
  }

  /** Publishes the file if all its blocks are stored. */
  async settle(): Promise<void> {
    if (this.isComplete && !this.publishing && !this.isPublished && !this.blocks.wrong) {
      this.publishing = this.publish().then(
        () => void (this.isPublished = true),
        (error: unknown) => {
          if (error !== this.blocks.wrong) this.ports.report(error); // the next reader tries again
        },
      );
      await this.publishing;
      this.publishing = undefined;
    }
    if (!this.isIdle) return;
    this.blocks.drop();
    this.ports.release();
  }

  /** The bytes from an offset on that are available in one place; none if they have moved to another place. */
  private async *piecesAt(at: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    if (this.blocks.wrong) throw this.blocks.wrong;
    if (this.blocks.stored.has(this.layout.blockOf(at)))
      return yield* await this.ports.open({ start: at, end: this.layout.lastStored(this.blocks.stored, at, end) });
    const current = this.runs.at(at);
    const mustSkip = at - (current?.position ?? this.layout.startOf(at)) > MAX_SKIP_BYTES;
    const isShort = end - at < this.ports.blockBytes;
    if (mustSkip && (!current || isShort)) return yield* await this.fetchFirst(at, end, signal);
    const ended = current ? undefined : this.blocks.ended(this.layout.blockOf(at));
    if (ended) return await ended; // a run that was aborted still has the block
    const run = current ?? this.begin(this.layout.blockOf(at), this.layout.blockOf(end));
    if (!run) return yield* await this.ports.fetch({ start: at, end }, signal);
    for (let offset = at; offset <= end;) {
      const bytes = (await run.bytesAt(offset, signal))?.subarray(0, end - offset + 1);
      if (!bytes) return yield* await this.unfinished(run, offset, end);
      offset += bytes.byteLength;
      yield bytes;
    }
  }

  /** The bytes of a block that a run has written in part; none if it is complete now. */
  private async unfinished(run: FillRun, start: number, end: number): Promise<AsyncIterable<Uint8Array>> {
    const until = this.blocks.stored.has(this.layout.blockOf(start)) ? undefined : run.readableUntil(start);
    return until === undefined ? NONE : this.ports.open({ start, end: Math.min(end, until - 1) });
  }

  /** Requests the bytes of a reader, and then their block. */
  private async fetchFirst(at: number, end: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const bytes = await this.ports.fetch({ start: at, end: Math.min(end, this.layout.lastOf(at)) }, signal);
    const first = this.layout.blockOf(at);
    const isAvailable = this.blocks.stored.has(first) || this.runs.at(at) || this.blocks.ended(first);
    if (!isAvailable) this.begin(first, this.layout.blockOf(end));
    return bytes;
  }

  /** Begins to request missing blocks, unless they cannot be stored or there is too little memory. */
  private begin(first: number, last: number): FillRun | undefined {
    if (this.blocks.isFull || this.blocks.wrong) return undefined;
    const free = this.ports.reserve();
    if (!free) {
      if (this.runs.isEmpty) this.blocks.stopStoring(); // readers of other processes must not wait for this one
      return undefined;
    }
    const { blockBytes, size } = this.ports;
    let end = first + 1;
    while (end <= last && !this.blocks.stored.has(end) && !this.runs.at(end * blockBytes)) end += 1;
    const block = this.blocks.begin(first)!;
    const run = new FillRun(block, Math.min(end * blockBytes, size), this.blocks);
    this.runs.add(run);
    const range = { start: run.start, end: run.until - 1 };
    void run
      .pump(() => this.ports.fetch(range, run.signal, () => this.readers > 1))
      .then(() => {
        free();
        this.runs.delete(run);
        return this.settle();
      });
    return run;
  }

  /** Stops runs without readers, unless most of the file has arrived. A run of a single block always ends by itself. */
  private afterReader(): void {
    if (this.readers === 0 && !this.isMoreThanHalfDone())
      this.runs.abort((run) => run.until - run.start > this.ports.blockBytes);
    void this.settle();
  }

  private async publish(): Promise<void> {
    const { ports } = this;
    await ports.publish(await this.blocks.verified());
  }

  private isMoreThanHalfDone(): boolean {
    const { size, blockBytes } = this.ports;
    return this.blocks.stored.size * blockBytes + this.runs.unstoredBytes > size / 2;
  }
}

/** No bytes. */
const NONE: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};
