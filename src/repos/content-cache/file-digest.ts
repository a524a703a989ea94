import { createHash, type Hash } from 'node:crypto';

/** Digests of a whole file, in hex. */
export interface FileDigests {
  readonly sha256: string;
  /** The id of the file in git, if it was computed. */
  readonly gitId: string | undefined;
}

interface State {
  readonly position: number;
  readonly sha256: Hash;
  readonly git: Hash | undefined;
}

/**
 * Digests a file as its bytes arrive in order, and only those that are stored: bytes of a request that ends within a block, or of a second request
 * for the same block, are taken back.
 */
export class FileDigest {
  private current: State;
  private stored: State;
  /** The states at the ends of blocks that are not stored yet. */
  private readonly ends = new Map<number, State>();
  /** The request that the bytes since `stored` are from. */
  private feeder: object | undefined;

  /**
   * @param size - bytes of the file
   * @param blockBytes - bytes of a block of it
   * @param hasGitId - whether to compute the git id as well
   */
  constructor(
    readonly size: number,
    private readonly blockBytes: number,
    hasGitId: boolean,
  ) {
    const git = hasGitId ? createHash('sha1').update(`blob ${size}\0`) : undefined;
    this.current = { position: 0, sha256: createHash('sha256'), git };
    this.stored = copyOf(this.current);
  }

  /** Whether all bytes of the file were digested. */
  get isComplete(): boolean {
    return this.current.position === this.size;
  }

  /** Takes bytes of one block that have arrived at an offset of the file, if they are the next ones. */
  receive(feeder: object, bytes: Uint8Array, at: number): void {
    if (at !== this.current.position) return;
    if (at === this.stored.position) this.feeder = feeder;
    if (feeder !== this.feeder) return;
    this.current = advance(this.current, bytes);
    if (this.current.position % this.blockBytes === 0 || this.isComplete)
      this.ends.set(this.current.position, copyOf(this.current));
  }

  /** The bytes of a request were stored up to an offset. */
  keep(feeder: object, end: number): void {
    const state = this.ends.get(end);
    if (feeder !== this.feeder || !state) return;
    this.stored = state;
    this.ends.delete(end);
  }

  /** Takes back the bytes of a request that were not stored. */
  takeBack(feeder: object): void {
    if (feeder !== this.feeder) return;
    this.current = copyOf(this.stored);
    this.ends.clear();
  }

  /** Digests the rest of a file that is stored completely. */
  async readStored(open: (start: number) => Promise<AsyncIterable<Uint8Array>>): Promise<FileDigests> {
    let state = copyOf(this.stored);
    if (state.position < this.size) for await (const bytes of await open(state.position)) state = advance(state, bytes);
    return digestsOf(state);
  }

  digests(): FileDigests {
    return digestsOf(this.current);
  }
}

const advance = ({ position, sha256, git }: State, bytes: Uint8Array): State => ({
  position: position + bytes.byteLength,
  sha256: sha256.update(bytes),
  git: git?.update(bytes),
});

const digestsOf = (state: State): FileDigests => {
  const { sha256, git } = copyOf(state);
  return { sha256: sha256.digest('hex'), gitId: git?.digest('hex') };
};

const copyOf = ({ position, sha256, git }: State): State => ({ position, sha256: sha256.copy(), git: git?.copy() });
