import { createHash, type Hash } from 'node:crypto';

/** Digests of a whole file, in hex. */
export interface FileDigests {
  readonly sha256: string;
  /** The id of the file in git. */
  readonly gitId: string;
}

/** Digests a file whose bytes arrive in order. */
export class FileDigest {
  private at = 0;
  private readonly sha256: Hash = createHash('sha256');
  private readonly git: Hash;

  /** @param size - bytes of the file */
  constructor(readonly size: number) {
    this.git = createHash('sha1').update(`blob ${size}\0`);
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.at;
  }

  get isComplete(): boolean {
    return this.at === this.size;
  }

  update(bytes: Uint8Array): void {
    this.sha256.update(bytes);
    this.git.update(bytes);
    this.at += bytes.byteLength;
  }

  digests(): FileDigests {
    return { sha256: this.sha256.copy().digest('hex'), gitId: this.git.copy().digest('hex') };
  }
}
