import type { Caller } from '../../domain/caller.js';
import type { BufferBudget } from '../../platform/storage/buffer-budget.js';
import type { CommitEntity } from './commit.entity.js';

/** Content that can be read repeatedly, for example from a spool file. */
export interface SpooledContent {
  /** SHA-256 in lower-case hex. */
  readonly sha256: string;
  /** Size in bytes. */
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** A change in a commit. LFS objects must have been uploaded to the repository before. */
export type CommitOperation =
  | { readonly kind: 'file'; readonly path: string; readonly content: Buffer | SpooledContent }
  | { readonly kind: 'lfsFile'; readonly path: string; readonly sha256: string; readonly size?: number }
  | { readonly kind: 'deletedFile' | 'deletedFolder' | 'deletedEntry'; readonly path: string };

/** A file of a commit, whose content is in the blob store. */
export interface StoredFile {
  readonly path: string;
  /** SHA-256 in lower-case hex. */
  readonly sha256: string;
  /** Size in bytes. */
  readonly size: number;
}

/** The files that a commit adds with their content, and the paths of files that it deletes. */
export interface WrittenFiles {
  readonly files: readonly StoredFile[];
  readonly deleted: readonly string[];
  /** Paths of the files that are stored as LFS objects. */
  readonly large: readonly string[];
}

/** Author of a commit. */
export interface Author {
  readonly name: string;
  /** Defaults to an address that cannot receive mail. */
  readonly email?: string;
}

/** Input for a new commit. */
export interface CommitInput {
  /** Short name, for example `main`. */
  readonly branch: string;
  readonly summary: string;
  readonly description?: string;
  readonly author: Author;
  /** The caller, for the audit log; undefined for the hub itself. */
  readonly by?: Caller;
  /** The commit fails unless the branch points to this commit. */
  readonly parentCommit?: string;
  /** The content of each operation is stored before the next one is requested, so it need not be kept. */
  readonly operations: Iterable<CommitOperation> | AsyncIterable<CommitOperation>;
  /** For stores that buffer content. Not limited by default. */
  readonly memory?: BufferBudget;
  /** Selects files, by path, that are stored as LFS objects although their content is in the commit. */
  readonly selectLargeFiles?: (written: WrittenFiles) => Promise<ReadonlySet<string>>;
  /**
   * The content of `.gitattributes` with which git has all large files of the commit as LFS objects; `undefined` if it already does.
   * @param head - the commit that this one builds on
   */
  readonly trackLargeFiles?: (head: CommitEntity, written: WrittenFiles) => Promise<string | undefined>;
}
