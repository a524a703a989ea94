import type { ByteRange } from '../../platform/storage/blob-store.js';
import { FileDigest } from './file-digest.js';
import type { FillPorts, WrongContentError } from './fill-ports.js';
import { FillRun } from './fill-run.js';

/** A reader that starts further into a missing block than this gets its first bytes by a separate request. */
const MAX_SKIP_BYTES = 256 * 1024;
/** A reader joins a run that is at most this many blocks before it. Otherwise a new run begins. */
const MAX_BLOCKS_BEHIND = 4;

/**
 * Fills a file of the content cache while it is read. Missing blocks are requested from the source once, for all readers; a reader of the
 * whole file causes one request, readers of ranges cause requests for the blocks that they need.
 */
export class Fill {
  private readonly runs = new Set<FillRun>();
  private readonly digest: FileDigest;
  private readers = 0;
  private isFull = false;
  private isPublished = false;
  private publishing: Promise<void> | undefined;

  /** @param stored - the blocks that are stored already; they have been verified */
  constructor(
    private readonly ports: FillPorts,
    private readonly stored: Set<number>,
  ) {
    this.digest = new FileDigest(ports.size);
  }

  /** Whether all blocks are stored. */
  get isComplete(): boolean {
    return this.stored.size === Math.ceil(this.ports.size / this.ports.blockBytes);
  }

  /** Whether there are no readers and no runs. */
  get isIdle(): boolean {
    return this.readers === 0 && this.runs.size === 0 && this.publishing === undefined;
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
    try {
      for (let at = start; at <= end;) {
        for await (const piece of this.piecesAt(at, end, signal)) {
          at += piece.byteLength;
          yield piece;
        }
      }
    } finally {
      this.readers -= 1;
      this.afterReader();
    }
  }

  /** Stops all runs. */
  abort(): void {
    for (const run of this.runs) run.abort();
  }

  /** Publishes the file if all its blocks are stored. */
  async settle(): Promise<void> {
    if (this.isComplete && !this.publishing && !this.isPublished) {
      this.publishing = this.publish().then(
        () => void (this.isPublished = true),
        () => undefined, // wrong, or the store is unavailable: then the next reader tries again
      );
      await this.publishing;
      this.publishing = undefined;
    }
    if (this.isIdle) this.ports.release();
  }

  /** The bytes from an offset on that are available in one place; none if they have moved to another place. */
  private async *piecesAt(at: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    if (this.stored.has(this.blockOf(at)))
      return yield* await this.ports.open({ start: at, end: this.lastStored(at, end) });
    const current = this.runAt(at);
    if (!current && this.isFull) return yield* await this.ports.fetch({ start: at, end }, signal);
    const run = current ?? this.begin(this.blockOf(at), this.blockOf(end));
    if (!current && at - run.start > MAX_SKIP_BYTES) {
      const blockEnd = Math.min(end, run.start + this.ports.blockBytes - 1);
      return yield* await this.ports.fetch({ start: at, end: blockEnd }, signal);
    }
    const bytes = await run.bytesAt(at, signal);
    if (bytes) yield bytes.subarray(0, end - at + 1);
  }

  private begin(first: number, last: number): FillRun {
    const { blockBytes, size } = this.ports;
    let end = first + 1;
    while (end <= last && !this.stored.has(end) && !this.runAt(end * blockBytes)) end += 1;
    const run = new FillRun(first * blockBytes, Math.min(end * blockBytes, size), {
      blockBytes,
      size,
      inspect: (bytes, at) => this.inspect(bytes, at),
      store: (index, content, digest) => this.store(index, content, digest),
      isStored: (index) => this.stored.has(index),
    });
    this.runs.add(run);
    const range = { start: run.start, end: run.until - 1 };
    void run
      .pump(() => this.ports.fetch(range, run.signal))
      .then(() => {
        this.runs.delete(run);
        return this.settle();
      });
    return run;
  }

  /** Digests the file as far as its bytes arrive in order. If they all do, a wrong file is noticed before its last bytes are passed on. */
  private inspect(bytes: Uint8Array, at: number): void {
    if (at !== this.digest.position) return;
    this.digest.update(bytes);
    if (this.digest.isComplete) this.verify();
  }

  private async store(index: number, content: Uint8Array, digest: string): Promise<boolean> {
    const isStored = await this.ports.store(index, content, digest);
    if (isStored) this.stored.add(index);
    else this.isFull = true;
    return isStored;
  }

  /** Stops runs without readers, unless most of the file has arrived. A run of a single block always ends by itself. */
  private afterReader(): void {
    if (this.readers === 0 && !this.isMoreThanHalfDone())
      for (const run of this.runs) if (run.until - run.start > this.ports.blockBytes) run.abort();
    void this.settle();
  }

  private async publish(): Promise<void> {
    const { digest } = this;
    if (!digest.isComplete)
      for await (const bytes of await this.ports.open({ start: digest.position, end: digest.size - 1 }))
        digest.update(bytes);
    this.verify();
    await this.ports.publish(digest.digests());
  }

  private verify(): void {
    try {
      this.ports.verify(this.digest.digests());
    } catch (error) {
      this.ports.discard(error as WrongContentError);
      throw error;
    }
  }

  private runAt(at: number): FillRun | undefined {
    const distance = MAX_BLOCKS_BEHIND * this.ports.blockBytes;
    return [...this.runs].find(
      ({ start, until, position, signal }) => start <= at && at < until && at - position <= distance && !signal.aborted,
    );
  }

  private isMoreThanHalfDone(): boolean {
    const { size, blockBytes } = this.ports;
    const arrived = [...this.runs].reduce((sum, { position, start }) => sum + ((position - start) % blockBytes), 0);
    return this.stored.size * blockBytes + arrived > size / 2;
  }

  private lastStored(at: number, end: number): number {
    const { blockBytes, size } = this.ports;
    let next = this.blockOf(at) + 1;
    while (next * blockBytes <= end && this.stored.has(next)) next += 1;
    return Math.min(end, next * blockBytes - 1, size - 1);
  }

  private blockOf(offset: number): number {
    return Math.floor(offset / this.ports.blockBytes);
  }
}
