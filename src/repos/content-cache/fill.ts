import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { HubError } from '../../domain/hub-error.js';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { BlockLayout } from './block-layout.js';
import { FileDigest, type FileDigests } from './file-digest.js';
import type { FillPorts } from './fill-ports.js';
import { FillRun, type ArrivedBlock } from './fill-run.js';
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
  private readonly digest: FileDigest;
  private readers = 0;
  private readonly storing = new Map<number, Promise<boolean>>();
  private isFull = false;
  private wrong: HubError | undefined;
  private isPublished = false;
  private publishing: Promise<void> | undefined;

  /** @param stored - the blocks that are stored already; they have been verified */
  constructor(
    private readonly ports: FillPorts,
    private readonly stored: Set<number>,
  ) {
    this.digest = new FileDigest(ports.size, ports.blockBytes, ports.hasGitId);
    this.runs = new FillRuns(ports.blockBytes);
    this.layout = new BlockLayout(ports.size, ports.blockBytes);
  }

  /** Whether all blocks are stored. */
  get isComplete(): boolean {
    return this.stored.size === this.layout.count;
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
      this.readers -= 1;
      this.afterReader();
    }
  }

  abort(): void {
    this.runs.abort(() => true);
  }

  /** Publishes the file if all its blocks are stored. */
  async settle(): Promise<void> {
    if (this.isComplete && !this.publishing && !this.isPublished && !this.wrong) {
      this.publishing = this.publish().then(
        () => void (this.isPublished = true),
        (error: unknown) => {
          if (error !== this.wrong) this.ports.report(error); // the next reader tries again
        },
      );
      await this.publishing;
      this.publishing = undefined;
    }
    if (this.isIdle) this.ports.release();
  }

  /** The bytes from an offset on that are available in one place; none if they have moved to another place. */
  private async *piecesAt(at: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    if (this.wrong) throw this.wrong;
    if (this.stored.has(this.layout.blockOf(at)))
      return yield* await this.ports.open({ start: at, end: this.layout.lastStored(this.stored, at, end) });
    const current = this.runs.at(at);
    const mustSkip = at - (current?.position ?? this.layout.startOf(at)) > MAX_SKIP_BYTES;
    const isShort = end - at < this.ports.blockBytes;
    if (mustSkip && (!current || isShort)) return yield* await this.fetchFirst(at, end, signal);
    const run = current ?? this.begin(this.layout.blockOf(at), this.layout.blockOf(end));
    if (!run) return yield* await this.ports.fetch({ start: at, end }, signal);
    const bytes = await run.bytesAt(at, signal);
    if (bytes) yield bytes.subarray(0, end - at + 1);
  }

  /** Requests the bytes of a reader, and then their block. */
  private async fetchFirst(at: number, end: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const bytes = await this.ports.fetch({ start: at, end: Math.min(end, this.layout.lastOf(at)) }, signal);
    const first = this.layout.blockOf(at);
    if (!this.stored.has(first) && !this.runs.at(at)) this.begin(first, this.layout.blockOf(end));
    return bytes;
  }

  /** Begins to request missing blocks, unless they cannot be stored or there is too little memory. */
  private begin(first: number, last: number): FillRun | undefined {
    const free = this.isFull || this.wrong ? undefined : this.ports.reserve();
    if (!free) return undefined;
    const { blockBytes, size } = this.ports;
    let end = first + 1;
    while (end <= last && !this.stored.has(end) && !this.runs.at(end * blockBytes)) end += 1;
    const run: FillRun = new FillRun(first * blockBytes, Math.min(end * blockBytes, size), {
      blockBytes,
      size,
      inspect: (bytes, at) => this.inspect(run, bytes, at),
      store: (index, content, digest) => this.store(run, { index, content, digest }),
      isTaken: (index) => this.stored.has(index) || this.runs.isTaken(index, run),
    });
    this.runs.add(run);
    const range = { start: run.start, end: run.until - 1 };
    void run
      .pump(() => this.ports.fetch(range, run.signal, () => this.readers > 1))
      .then(() => {
        free();
        this.runs.delete(run);
        this.digest.takeBack(run);
        return this.settle();
      });
    return run;
  }

  /** If all bytes arrive in order, a wrong file is noticed before its last bytes are passed on. */
  private inspect(run: FillRun, bytes: Uint8Array, at: number): void {
    this.digest.receive(run, bytes, at);
    if (this.digest.isComplete) this.verify(this.digest.digests());
  }

  /** Stores a block once, also if several runs have requested it. */
  private async store(run: FillRun, { index, content, digest }: ArrivedBlock): Promise<boolean> {
    const other = this.stored.has(index) ? true : this.storing.get(index);
    if (other !== undefined) {
      this.digest.takeBack(run);
      return other;
    }
    // without the storage or the database, the rest is delivered without the cache
    const storing = this.ports
      .store(index, content, digest)
      .catch((error: unknown) => {
        this.ports.report(error);
        return false;
      })
      .finally(() => this.storing.delete(index));
    this.storing.set(index, storing);
    if (!(await storing)) {
      this.isFull = true;
      return false;
    }
    this.stored.add(index);
    this.digest.keep(run, index * this.ports.blockBytes + content.byteLength);
    return true;
  }

  /** Stops runs without readers, unless most of the file has arrived. A run of a single block always ends by itself. */
  private afterReader(): void {
    if (this.readers === 0 && !this.isMoreThanHalfDone())
      this.runs.abort((run) => run.until - run.start > this.ports.blockBytes);
    void this.settle();
  }

  private async publish(): Promise<void> {
    const { ports } = this;
    const digests = await this.digest.readStored((start) => ports.open({ start, end: ports.size - 1 }));
    this.verify(digests);
    await ports.publish(digests);
  }

  private verify(digests: FileDigests): void {
    try {
      this.ports.verify(digests);
    } catch (error) {
      this.ports.discard((this.wrong = error as HubError));
      throw error;
    }
  }

  private isMoreThanHalfDone(): boolean {
    const { size, blockBytes } = this.ports;
    return this.stored.size * blockBytes + this.runs.unstoredBytes > size / 2;
  }
}
