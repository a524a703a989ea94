/** Content that lies somewhere, and can be read as often as it must be. */
export interface SpooledContent {
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** One change of a commit. A large file must have been uploaded to the repository before. */
export type CommitOperation =
  | { readonly kind: 'file'; readonly path: string; readonly content: Buffer | SpooledContent }
  | { readonly kind: 'lfsFile'; readonly path: string; readonly sha256: string; readonly size?: number }
  | { readonly kind: 'deletedFile' | 'deletedFolder' | 'deletedEntry'; readonly path: string };

/** Who commits. */
export interface Author {
  readonly name: string;
  /** Absent: an address that cannot receive mail. */
  readonly email?: string;
}

/** A commit to be made. */
export interface CommitInput {
  /** Short name: `main`. */
  readonly branch: string;
  readonly summary: string;
  readonly description?: string;
  readonly author: Author;
  /** The commit that the branch must point to. */
  readonly parentCommit?: string;
  /** Each one's content is stored before the next is asked for: what has been taken need not be kept. */
  readonly operations: Iterable<CommitOperation> | AsyncIterable<CommitOperation>;
}
