import { createHash, type Hash } from 'node:crypto';

/** Digests of a whole file, in hex. */
export interface FileDigests {
  readonly sha256: string;
  /** The id of the file in git, if it was computed. */
  readonly gitId: string | undefined;
}

/** Computes the digests of a file from its bytes in order. */
export interface FileHash {
  /** Takes the next bytes. They may be changed once this has resolved. */
  update(pieces: readonly Uint8Array[]): Promise<void>;
  /** Notes the current position, to which `rewind` returns. */
  mark(): void;
  rewind(): void;
  /** Ends the computation. */
  digests(): Promise<FileDigests>;
  /** Ends the computation without a result. */
  drop(): void;
}

/** Computes the digests in the calling thread. */
export class LocalHash implements FileHash {
  private sha256 = createHash('sha256');
  private git: Hash | undefined;
  private marked: { readonly sha256: Hash; readonly git: Hash | undefined } | undefined;

  /** @param gitSize - bytes of the file, to compute its git id as well */
  constructor(gitSize: number | undefined) {
    if (gitSize !== undefined) this.git = createHash('sha1').update(`blob ${gitSize}\0`);
  }

  add(bytes: Uint8Array): void {
    this.sha256.update(bytes);
    this.git?.update(bytes);
  }

  mark(): void {
    this.marked = { sha256: this.sha256.copy(), git: this.git?.copy() };
  }

  rewind(): void {
    if (this.marked) [this.sha256, this.git] = [this.marked.sha256.copy(), this.marked.git?.copy()];
  }

  end(): FileDigests {
    return { sha256: this.sha256.digest('hex'), gitId: this.git?.digest('hex') };
  }

  update(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) this.add(piece);
    return Promise.resolve();
  }

  digests(): Promise<FileDigests> {
    return Promise.resolve(this.end());
  }

  drop(): void {}
}
