import type { HubError } from '../../domain/hub-error.js';
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
  /** The blocks that are being stored. */
  private readonly accepted = new Map<number, AcceptedBlock>();

  /** @param stored - the blocks that are stored */
  constructor(
    private readonly ports: FillPorts,
    readonly stored: Set<number>,
  ) {
    this.digest = new FileDigest(ports.size, () => ports.newHash());
  }

  /**
   * The digests of the file, whose blocks are all stored.
   * @throws HubError if it is wrong
   */
  async verified(): Promise<FileDigests> {
    const { ports } = this;
    const digests = await this.digest.readStored((start) => ports.open({ start, end: ports.size - 1 }));
    this.verify(digests);
    return digests;
  }

  /** Ends the computation of digests. */
  drop(): void {
    this.digest.drop();
  }

  /** Digests and stores a block once, also if several runs have requested it. */
  accept(index: number, block: ArrivedBlock): AcceptedBlock {
    if (this.stored.has(index)) return STORED;
    const other = this.accepted.get(index);
    if (other) return other;
    const checked = this.check(block);
    checked.catch(() => undefined); // awaited for the last block only
    const accepted = { checked, stored: this.store(index, block, checked) };
    this.accepted.set(index, accepted);
    return accepted;
  }

  /** If all blocks arrive in order, a wrong file is noticed before its last bytes are passed on. */
  private async check(block: ArrivedBlock): Promise<void> {
    await this.digest.add(block.start, block.pieces);
    if (block.start + block.length < this.ports.size || !this.digest.isComplete) return;
    const digests = await this.digest.digests().catch((error: unknown) => this.ports.report(error));
    if (digests) this.verify(digests);
  }

  private async store(index: number, block: ArrivedBlock, checked: Promise<void>): Promise<boolean> {
    const isLast = block.start + block.length === this.ports.size;
    try {
      if (isLast) await checked;
      // without the storage or the database, the rest is delivered without the cache
      const [isStored] = await Promise.all([this.ports.store(index, block.pieces, block.digest), checked]);
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

  /** The block may have been digested, but another request could store it with other bytes. */
  private stopStoring(): void {
    this.isFull = true;
    this.digest.restart();
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
