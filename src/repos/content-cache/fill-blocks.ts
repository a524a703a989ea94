import type { HubError } from '../../domain/hub-error.js';
import { withTimeout } from '../../platform/async/with-timeout.js';
import type { ArrivedBlock } from './arrived-block.js';
import { FileDigest } from './file-digest.js';
import type { FileDigests } from './file-hash.js';
import type { FillPorts } from './fill-ports.js';
import type { AcceptedBlock } from './fill-run.js';

/** The blocks of a file while it is filled: digests, stores and verifies them. */
export class FillBlocks {
  /** Set if a block could not be stored. */
  isFull = false;
  /** Set if the file is not the one that the source announces. */
  wrong: HubError | undefined;
  private readonly digest: FileDigest;
  /** Number of blocks of the file. */
  private readonly count: number;
  /** The blocks that are being stored. */
  private readonly accepted = new Map<number, AcceptedBlock>();

  /** @param stored - the blocks that are stored */
  constructor(
    private readonly ports: FillPorts,
    readonly stored: Set<number>,
  ) {
    this.count = Math.ceil(ports.size / ports.blockBytes);
    this.digest = new FileDigest(ports.size, () => ports.newHash());
  }

  /**
   * The digests of the file, whose blocks are all stored.
   * @throws HubError if it is wrong
   */
  async verified(): Promise<FileDigests> {
    const { ports } = this;
    const digests = await this.digest.readRest((start) => ports.open({ start, end: ports.size - 1 }));
    this.verify(digests);
    return digests;
  }

  /** Ends the computation of digests. */
  drop(): void {
    this.digest.drop();
  }

  /** Whether the file has all other blocks. */
  completes(index: number): boolean {
    if (this.stored.size + this.accepted.size < this.count - 1) return false;
    for (let other = 0; other < this.count; other++)
      if (other !== index && !this.stored.has(other) && !this.accepted.has(other)) return false;
    return true;
  }

  /** Digests and stores a block once, also if several runs have requested it. */
  accept(index: number, block: ArrivedBlock): AcceptedBlock {
    if (this.stored.has(index)) return STORED;
    const other = this.accepted.get(index);
    if (other) return other;
    const completes = this.completes(index);
    const checked = this.check(block, completes);
    checked.catch(() => undefined); // awaited for the block that completes the file
    const accepted = { checked, stored: this.store(index, block, { checked, completes }) };
    this.accepted.set(index, accepted);
    return accepted;
  }

  /** A wrong file is noticed before the last of its bytes are passed on. What did not arrive in order is read from the store. */
  private async check(block: ArrivedBlock, completes: boolean): Promise<void> {
    const others = [...this.accepted.values()];
    await this.digest.add(block.start, block.pieces);
    if (!completes) return;
    await Promise.all(others.map(({ stored }) => stored));
    if (this.isFull) return;
    const digests = await this.digest
      .readRest((start) => this.bytesFrom(start, block))
      .catch((error: unknown) => this.ports.report(error));
    if (digests) this.verify(digests);
  }

  /** The file from an offset on, with a block that is not stored yet. */
  private async *bytesFrom(start: number, block: ArrivedBlock): AsyncGenerator<Uint8Array> {
    const { ports } = this;
    const end = block.start + block.length;
    if (start < block.start) yield* await ports.open({ start, end: block.start - 1 });
    if (start < end) yield* block.pieces;
    if (end < ports.size) yield* await ports.open({ start: Math.max(start, end), end: ports.size - 1 });
  }

  private async store(
    index: number,
    block: ArrivedBlock,
    { checked, completes }: { readonly checked: Promise<void>; readonly completes: boolean },
  ): Promise<boolean> {
    try {
      if (completes) await checked;
      // without the storage or the database, the rest is delivered without the cache
      const stored = this.ports.store(index, block.pieces, block.digest);
      const [isStored] = await Promise.all([withTimeout(this.ports.storeMs, stored), checked]);
      if (isStored) this.stored.add(index);
      else this.stopStoring();
      return isStored;
    } catch (error) {
      if (error !== this.wrong) this.ports.report(error);
      this.stopStoring();
      return false;
    } finally {
      this.accepted.delete(index);
    }
  }

  /** Ends storing, also for other requests. A block may have been digested, but another request could store it with other bytes. */
  stopStoring(): void {
    this.isFull = true;
    this.digest.restart();
    this.ports.giveUp();
  }

  private verify(digests: FileDigests): void {
    try {
      this.ports.verify(digests);
    } catch (error) {
      this.ports.discard((this.wrong = error as HubError));
      throw error;
    }
  }
}

const STORED: AcceptedBlock = { checked: Promise.resolve(), stored: Promise.resolve(true) };
