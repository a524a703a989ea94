import type { Readable } from 'node:stream';
import type { DownloadNotes } from '../../platform/storage/direct-transfer.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { TreeEntry } from './wire/tree-entry.js';
import type { CommitEntry } from './wire/commit-entry.js';

/** A repository that this hub has. */
export interface LocalRepo {
  readonly id: number;
  /** Spelled as it was created. */
  readonly repo: RepoId;
  readonly ownerId: number;
  /** The owner's name. */
  readonly author: string;
  readonly private: boolean;
  /** Closed by the administrator: nobody reads or changes it. */
  readonly disabled: boolean;
  readonly createdAt: Date;
  /** A space's runtime, as it was created. */
  readonly sdk: string | null;
  /** In the last 30 days. */
  readonly downloads: number;
  readonly downloadsAllTime: number;
}

/** A page of a tree. */
export interface TreePage {
  readonly entries: readonly TreeEntry[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** A page of a history. */
export interface CommitsPage {
  readonly entries: readonly CommitEntry[];
  /** Commits on all pages together. */
  readonly total: number;
  /** The next page's number (pages count from 0); absent on the last. */
  readonly nextPage?: number;
}

/** One file of a revision, ready to be sent. */
export interface LocalFile {
  /** The commit it was found in. */
  readonly commit: string;
  /** Without quotes: the sha256 of a large file, git's id of any other content. */
  readonly etag: string;
  readonly size: number;
  /** Present where the content is that of a large file. */
  readonly lfs?: { readonly sha256: string; readonly size: number };
  /** Never one that a browser would run. */
  readonly contentType: string;
  /** The content, or the bytes from `start` to `end`, both included. */
  readonly open: (range?: { readonly start: number; readonly end: number }) => Readable;
  /** Where clients get the content without the hub, for a short while; absent where they cannot. */
  readonly link?: (notes: DownloadNotes) => Promise<string>;
}
