import type { FileDigests, FileHash } from './file-hash.js';

/** Digests a file block by block as its blocks arrive in order. The rest is read when all blocks are there. */
export class FileDigest {
  private hash: FileHash;
  private position = 0;
  /** Where `rewind` can return to. */
  private marked: number | undefined;
  /** The blocks are digested one after the other. */
  private last: Promise<void> = Promise.resolve();
  private result: Promise<FileDigests> | undefined;

  /** @param size - bytes of the file */
  constructor(
    private readonly size: number,
    private readonly newHash: () => FileHash,
  ) {
    this.hash = newHash();
  }

  /** Whether all bytes of the file were taken. */
  get isComplete(): boolean {
    return this.position === this.size;
  }

  /** Takes bytes at an offset of the file, if they are the next ones. Never rejects: after a failure, the file is read again from the store. */
  async add(at: number, pieces: readonly Uint8Array[]): Promise<void> {
    if (at !== this.position) return;
    const { hash } = this;
    this.position += pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.last = this.last.then(() => hash.update(pieces));
    await this.last.catch(() => this.replace(hash));
  }

  /** Notes an offset, if it is the next one, so that bytes from there on can be replaced. */
  mark(at: number): void {
    if (at !== this.position) return;
    const { hash } = this;
    this.marked = at;
    this.last = this.last.then(() => hash.mark());
    this.last.catch(() => this.replace(hash));
  }

  /** Takes back the bytes since `mark` was called for an offset. */
  rewind(at: number): void {
    if (this.marked !== at || this.position === at) return;
    const { hash } = this;
    this.position = at;
    this.last = this.last.then(() => hash.rewind());
    this.last.catch(() => this.replace(hash));
  }

  /** Digests the rest of the file from a reader of all bytes from an offset on. */
  async readRest(
    open: (start: number) => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>,
  ): Promise<FileDigests> {
    if (!this.isComplete) for await (const bytes of await open(this.position)) await this.add(this.position, [bytes]);
    return this.digests();
  }

  /** The digests of the file, which must be complete. */
  async digests(): Promise<FileDigests> {
    const { hash } = this;
    this.result ??= this.last.then(() => hash.digests());
    try {
      return await this.result;
    } catch (error) {
      this.replace(hash);
      throw error;
    }
  }

  drop(): void {
    this.hash.drop();
  }

  /** Starts again with the first byte. */
  restart(): void {
    this.replace(this.hash);
  }

  private replace(failed: FileHash): void {
    if (failed !== this.hash) return;
    failed.drop();
    this.hash = this.newHash();
    this.position = 0;
    this.marked = undefined;
    this.last = Promise.resolve();
    this.result = undefined;
  }
}
