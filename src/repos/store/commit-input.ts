import type { Readable } from 'node:stream';

/** One change of a commit. A large file must have been uploaded to the repository before. */
export type CommitOperation =
  | { readonly kind: 'file'; readonly path: string; readonly content: Buffer | Readable }
  | { readonly kind: 'lfsFile'; readonly path: string; readonly sha256: string; readonly size?: number }
  | { readonly kind: 'deletedFile' | 'deletedFolder'; readonly path: string };

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
  readonly operations: readonly CommitOperation[];
}
