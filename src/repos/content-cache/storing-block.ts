import { withTimeout } from '../../platform/async/with-timeout.js';
import { ArrivedBlock } from './arrived-block.js';
import type { FileDigest } from './file-digest.js';
import type { FillPorts, StoredBlock } from './fill-ports.js';

/** Segments that arrive while earlier ones are still being digested and written. Then the source has to wait. */
const MAX_SEGMENTS = 4;
/** Segments that stay in memory after they were written, for readers that are a little slower than the source. */
const RECENT_SEGMENTS = 1;
/** Segments of a run that are in memory: the one that arrives, waiting ones, and recent ones. */
export const SEGMENTS_IN_MEMORY = 1 + MAX_SEGMENTS + RECENT_SEGMENTS;

/** A block that arrives from the source. Its bytes are digested and written while the rest arrives. */
export class StoringBlock {
  /** Offset in the file after the block. */
  readonly until: number;
  private readonly arrived: ArrivedBlock;
  private readonly block: StoredBlock;
  private readonly segments: Promise<void>[] = [];
  /** Offset after the bytes that were given to the digest and the store. */
  private given: number;
  /** Offset after the bytes that were written. */
  private written: number;
  /** The error of the store, if it has failed. */
  error: unknown;
  private isRefused = false;
  private last: Promise<void> = Promise.resolve();

  constructor(
    readonly index: number,
    private readonly ports: FillPorts,
    private readonly digest: FileDigest,
  ) {
    const start = index * ports.blockBytes;
    this.until = Math.min(start + ports.blockBytes, ports.size);
    this.arrived = new ArrivedBlock(start);
    this.block = ports.storeBlock(index, this.until - start);
    [this.given, this.written] = [start, start];
  }

  get start(): number {
    return this.arrived.start;
  }

  /** Offset in the file after the last byte that has arrived. */
  get end(): number {
    return this.arrived.end;
  }

  /** Whether all bytes have arrived. */
  get hasArrived(): boolean {
    return this.end === this.until;
  }

  add(bytes: Uint8Array): void {
    this.arrived.add(bytes);
  }

  /** The piece with an offset of the file, from there on. `undefined` if it is not in memory. */
  bytesFrom(offset: number): Uint8Array | undefined {
    return this.arrived.bytesFrom(offset);
  }

  /** The pieces from an offset on, while all of the block is in memory. */
  piecesFrom(offset: number): Uint8Array[] {
    return this.arrived.piecesFrom(offset);
  }

  /** Offset after the bytes that can be read from the store, if the one at `offset` can. */
  readableUntil(offset: number): number | undefined {
    const isReadable = this.ports.readsUnfinished && this.start <= offset && offset < this.written;
    return isReadable ? this.written : undefined;
  }

  /** Whether bytes should be stored now. */
  get isDue(): boolean {
    return this.end - this.given >= this.ports.segmentBytes;
  }

  /** Digests and writes the bytes that have arrived. Waits while too many are in memory. Returns false if the block cannot be stored. Never rejects. */
  async store(): Promise<boolean> {
    this.give();
    while (this.segments.length > MAX_SEGMENTS) await this.segments.shift();
    return this.canBeStored;
  }

  /** Whether all bytes that have arrived were digested and written. Never rejects. */
  async isWritten(): Promise<boolean> {
    this.give();
    await this.last;
    return this.canBeStored;
  }

  /**
   * Ends a block that has been written. Returns false if there is no space for it.
   * @throws the error of the store
   */
  async finish(): Promise<boolean> {
    if (this.error !== undefined) throw this.error;
    if (this.isRefused) return false;
    const isStored = await withTimeout(this.ports.storeMs, this.block.end(this.arrived.digest));
    if (isStored) this.arrived.dropBefore(this.until);
    return isStored;
  }

  /** The rest of the block does not arrive. The digest continues as if it had never begun. */
  async cancel(): Promise<void> {
    await this.last;
    this.digest.rewind(this.start);
    await this.abandon();
  }

  /** Releases the block in the store, if it was not stored. Never rejects. */
  async abandon(): Promise<void> {
    await withTimeout(this.ports.storeMs, this.block.cancel()).catch((error: unknown) => this.ports.report(error));
  }

  private get canBeStored(): boolean {
    return !this.isRefused && this.error === undefined;
  }

  private give(): void {
    if (this.given === this.end) return;
    if (this.given === this.start) this.digest.mark(this.start);
    const [from, until] = [this.given, this.end];
    const pieces = this.arrived.piecesFrom(from);
    this.given = until;
    const digested = this.digest.add(from, pieces);
    this.last = Promise.all([digested, this.last.then(() => this.write(pieces, until))]).then(() => this.drop());
    this.segments.push(this.last);
  }

  private async write(pieces: readonly Uint8Array[], until: number): Promise<void> {
    if (!this.canBeStored) return;
    try {
      if (await withTimeout(this.ports.storeMs, this.block.write(pieces))) this.written = until;
      else this.isRefused = true;
    } catch (error) {
      this.error = error;
    }
  }

  private drop(): void {
    if (this.ports.readsUnfinished)
      this.arrived.dropBefore(Math.min(this.written, this.end - RECENT_SEGMENTS * this.ports.segmentBytes));
  }
}
