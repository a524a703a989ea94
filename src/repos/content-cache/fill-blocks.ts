import type { HubError } from '../../domain/hub-error.js';
import { FileDigest } from './file-digest.js';
import type { FileDigests } from './file-hash.js';
import type { FillPorts } from './fill-ports.js';
import { StoringBlock } from './storing-block.js';

/** The results of digesting and storing a block that has arrived. */
export interface AcceptedBlock {
  /** Rejects if the block completes the file, and shows that it is wrong. */
  readonly checked: Promise<void>;
  /** Whether the block is stored. Never rejects. */
  readonly stored: Promise<boolean>;
}

/** A block that a run receives. */
interface RunningBlock {
  readonly block: StoringBlock;
  /** Resolves when the block is stored, or the run has ended. */
  readonly ended: Promise<void>;
  readonly end: () => void;
  /** Once all bytes have arrived. */
  accepted?: AcceptedBlock;
}

/** The blocks of a file while it is filled: digests, stores and verifies them. */
export class FillBlocks {
  /** Set if a block could not be stored. */
  isFull = false;
  /** Set if the file is not the one that the source announces. */
  wrong: HubError | undefined;
  private readonly digest: FileDigest;
  /** Number of blocks of the file. */
  private readonly count: number;
  /** The blocks that runs receive, by index. */
  private readonly running = new Map<number, RunningBlock>();

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
    for (let other = 0; other < this.count; other++)
      if (other !== index && !this.stored.has(other) && !this.running.get(other)?.accepted) return false;
    return true;
  }

  /** Begins to receive a block. `undefined` if it is stored, or another run receives it: its bytes are written and digested once. */
  begin(index: number): StoringBlock | undefined {
    if (this.stored.has(index) || this.running.has(index)) return undefined;
    const block = new StoringBlock(index, this.ports, this.digest);
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.running.set(index, { block, ended, end });
    return block;
  }

  /** Resolves when no run receives a block. `undefined` if this is the case already. */
  ended(index: number): Promise<void> | undefined {
    return this.running.get(index)?.ended;
  }

  /** Checks and stores a block that has arrived. */
  accept(block: StoringBlock): AcceptedBlock {
    const completes = this.completes(block.index);
    const checked = this.check(block, completes);
    checked.catch(() => undefined); // awaited for the block that completes the file
    const accepted = { checked, stored: this.store(block, { checked, completes }) };
    this.running.get(block.index)!.accepted = accepted;
    return accepted;
  }

  /** The run of a block ends before all of its bytes have arrived. */
  async cancel(block: StoringBlock): Promise<void> {
    if (!(await block.isWritten())) await this.refuse(block);
    await block.cancel();
    this.end(block.index);
  }

  /** A wrong file is noticed before the last of its bytes are passed on. What did not arrive in order is read from the store. */
  private async check(block: StoringBlock, completes: boolean): Promise<void> {
    const others = this.accepted();
    if (!(await block.isWritten()) || !completes) return;
    await Promise.all(others.map(({ stored }) => stored));
    if (this.isFull) return;
    const digests = await this.digest
      .readRest((start) => this.bytesFrom(start, block))
      .catch((error: unknown) => this.ports.report(error));
    if (digests) this.verify(digests);
  }

  /** The file from an offset on, with a block that is not stored yet. */
  private async *bytesFrom(start: number, block: StoringBlock): AsyncGenerator<Uint8Array> {
    const { ports } = this;
    const end = ports.size - 1;
    if (ports.readsUnfinished) return yield* await ports.open({ start, end });
    if (start < block.start) yield* await ports.open({ start, end: block.start - 1 });
    if (start < block.until) yield* block.piecesFrom(Math.max(start, block.start));
    if (block.until <= end) yield* await ports.open({ start: Math.max(start, block.until), end });
  }

  private async store(
    block: StoringBlock,
    { checked, completes }: { readonly checked: Promise<void>; readonly completes: boolean },
  ): Promise<boolean> {
    const { index } = block;
    try {
      await block.isWritten();
      if (completes) await checked;
      // without the storage or the database, the rest is delivered without the cache
      const [isStored] = await Promise.all([block.finish(), checked]);
      if (isStored) this.stored.add(index);
      else this.stopStoring();
      return isStored;
    } catch (error) {
      if (error !== this.wrong) this.ports.report(error);
      this.stopStoring();
      await block.abandon();
      return false;
    } finally {
      this.end(index);
    }
  }

  /** Blocks that have arrived are stored before storing ends. */
  private async refuse(block: StoringBlock): Promise<void> {
    if (block.error !== undefined) this.ports.report(block.error);
    await Promise.all(this.accepted().map(({ stored }) => stored));
    this.stopStoring();
  }

  private accepted(): AcceptedBlock[] {
    return [...this.running.values()].flatMap(({ accepted }) => accepted ?? []);
  }

  private end(index: number): void {
    const running = this.running.get(index);
    this.running.delete(index);
    running?.end();
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
