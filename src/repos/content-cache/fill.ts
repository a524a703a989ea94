import { createHash, type Hash } from 'node:crypto';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { FillRun } from './fill-run.js';

/** Content of a source differs from what the source has announced. */
export class WrongContentError extends Error {}

/** What a fill needs from its surroundings. */
export interface FillPorts {
  /** Bytes of the file. */
  readonly size: number;
  readonly blockBytes: number;
  /** Requests a range of the file from the source. */
  fetch(range: ByteRange, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Stores a block. Returns false if there is no room for it. */
  store(index: number, content: Uint8Array, digest: string): Promise<boolean>;
  /** Opens a range of stored blocks, or of the file after `publish`. */
  open(range: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Checks the digests of the whole file.
   * @throws WrongContentError
   */
  verify(digests: FileDigests): void;
  /** Called when the file is wrong: it must never be used. */
  discard(error: WrongContentError): void;
  /** Called once when all blocks are stored and verified. */
  publish(digests: FileDigests): Promise<void>;
  /** Called when no run and no reader is left. */
  release(): void;
}

/** Digests of a whole file, in hex. */
export interface FileDigests {
  readonly sha256: string;
  /** The id of the file in git. */
  readonly gitId: string;
}

/** A reader that starts further into a missing block than this gets its first bytes by a request of its own. */
const MAX_SKIP_BYTES = 256 * 1024;
/** A reader joins a run that is at most this many blocks before it. Otherwise a new run begins. */
const MAX_BLOCKS_BEHIND = 4;

/**
 * Fills a file of the content cache while it is read. Missing blocks are requested from the source once, for all readers; a reader of the
 * whole file causes one request, readers of ranges cause requests for the blocks that they need.
 */
export class Fill {
  private readonly runs = new Set<FillRun>();
  private readonly sequence: { at: number; readonly sha256: Hash; readonly git: Hash };
  private readers = 0;
  private isFull = false;
  private isPublished = false;
  private publishing: Promise<void> | undefined;

  /** @param stored - the blocks that are stored already; they have been verified */
  constructor(
    private readonly ports: FillPorts,
    private readonly stored: Set<number>,
  ) {
    const git = createHash('sha1').update(`blob ${ports.size}\0`);
    this.sequence = { at: 0, sha256: createHash('sha256'), git };
  }

  /** Whether all blocks are stored. */
  get isComplete(): boolean {
    return this.stored.size === Math.ceil(this.ports.size / this.ports.blockBytes);
  }

  /** Whether nobody reads and no run is left. */
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
    if (at !== this.sequence.at) return;
    this.digest(bytes);
    if (this.sequence.at === this.ports.size) this.verify();
  }

  private digest(bytes: Uint8Array): void {
    this.sequence.sha256.update(bytes);
    this.sequence.git.update(bytes);
    this.sequence.at += bytes.byteLength;
  }

  private digests(): FileDigests {
    const { sha256, git } = this.sequence;
    return { sha256: sha256.copy().digest('hex'), gitId: git.copy().digest('hex') };
  }

  private async store(index: number, content: Uint8Array, digest: string): Promise<boolean> {
    const isStored = await this.ports.store(index, content, digest);
    if (isStored) this.stored.add(index);
    else this.isFull = true;
    return isStored;
  }

  /** Stops the runs that nobody reads, unless most of the file is there. A run of a single block always ends by itself. */
  private afterReader(): void {
    if (this.readers === 0 && !this.isMoreThanHalfDone())
      for (const run of this.runs) if (run.until - run.start > this.ports.blockBytes) run.abort();
    void this.settle();
  }

  private async publish(): Promise<void> {
    const { size } = this.ports;
    if (this.sequence.at < size)
      for await (const bytes of await this.ports.open({ start: this.sequence.at, end: size - 1 })) this.digest(bytes);
    this.verify();
    await this.ports.publish(this.digests());
  }

  private verify(): void {
    try {
      this.ports.verify(this.digests());
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
