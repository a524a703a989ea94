import type { Readable } from 'node:stream';
import type { DownloadHeaders } from '../../platform/storage/direct-transfer.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Gate } from './content-gate.js';
import type { TreeEntry } from './wire/tree-entry.js';
import type { CommitEntry } from './wire/commit-entry.js';

/** A repository that is stored on this hub. */
export interface LocalRepo {
  readonly id: number;
  /** The id in its original case. */
  readonly repo: RepoId;
  readonly ownerId: number;
  /** Name of the owner. */
  readonly author: string;
  readonly private: boolean;
  /** How requests for access to its content are accepted; `false` if it is not gated. */
  readonly gated: Gate;
  /** Disabled by an administrator: the repository can neither be read nor changed. */
  readonly disabled: boolean;
  readonly createdAt: Date;
  /** SDK of a space at its creation. */
  readonly sdk: string | null;
  /** Downloads in the last 30 days. */
  readonly downloads: number;
  readonly downloadsAllTime: number;
  readonly likes: number;
  /** Whether the caller who looked it up has write access. Undefined if it was not looked up for a caller, who then is a mere reader. */
  readonly callerMayWrite?: () => Promise<boolean>;
}

declare const IS_OPEN: unique symbol;

/** A repository whose content the caller may read. Only `ContentGate` returns one. */
export interface OpenRepo extends LocalRepo {
  readonly [IS_OPEN]: true;
}

/** A page of a tree. */
export interface TreePage {
  readonly entries: readonly TreeEntry[];
  /** Undefined on the last page. */
  readonly nextCursor?: string;
}

/** A page of a history. */
export interface CommitsPage {
  readonly entries: readonly CommitEntry[];
  /** Number of commits on all pages. */
  readonly total: number;
  /** Number of the next page, starting at 0; undefined on the last page. */
  readonly nextPage?: number;
}

/** A file of a revision, ready to be sent. */
export interface LocalFile {
  /** Id of the commit that the revision resolved to. */
  readonly commit: string;
  /** ETag without quotes: SHA-256 of an LFS object, git blob id of other files. */
  readonly etag: string;
  readonly size: number;
  /** Present for LFS objects. */
  readonly lfs?: { readonly sha256: string; readonly size: number };
  /** Never a type that a browser would execute. */
  readonly contentType: string;
  /** Opens the content, or the bytes from `start` to `end`, both inclusive. */
  readonly open: (range?: { readonly start: number; readonly end: number }) => Readable;
  /** Creates a short-lived link to the object store; undefined if the hub must send the content itself. */
  readonly link?: (notes: DownloadHeaders) => Promise<string>;
  /** Whether the storage has all bytes. The object store itself would respond to a link without words, or with other bytes. */
  readonly isStored: () => Promise<boolean>;
}
