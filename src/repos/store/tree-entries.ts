import type { Sibling } from '../../domain/wire/repo-info.js';
import type { TreeEntry } from './wire/tree-entry.js';
import { isFolder } from './git-objects.js';
import { lfsPointerSize } from './lfs-pointer.js';
import type { PathEntry } from './walk-tree.js';

/** Location and size of a file's content. */
export interface FileContent {
  readonly sha256: string;
  readonly size: number;
  readonly lfs: boolean;
}

/** The last commit that changed an entry. */
interface LastCommit {
  readonly oid: string;
  readonly title: string;
  readonly createdAt: Date;
}

/** Builds an entry of a tree or paths-info response. `content` is undefined for folders. */
export function treeEntry({ path, entry }: PathEntry, content: FileContent | undefined): TreeEntry {
  if (isFolder(entry) || !content) return { type: 'directory', oid: entry.oid, size: 0, path };
  const { sha256, size, lfs } = content;
  return {
    type: 'file',
    oid: entry.oid,
    size,
    path,
    ...(lfs && { lfs: { oid: sha256, size, pointerSize: lfsPointerSize(size) } }),
  };
}

/** Adds the fields of `expand=true`. */
export function expandedEntry(entry: TreeEntry, commit: LastCommit | undefined): TreeEntry {
  const lastCommit = commit ? { id: commit.oid, title: commit.title, date: commit.createdAt.toISOString() } : null;
  return { ...entry, lastCommit, ...(entry.type === 'file' && { securityFileStatus: null }) };
}

/**
 * Builds an entry of a repository's `siblings`. Sizes are included if `content` is given; LFS objects are identified by `sha256` here, not
 * `oid`.
 */
export function sibling({ path, entry }: PathEntry, content: FileContent | undefined): Sibling {
  if (!content) return { rfilename: path };
  const { sha256, size, lfs } = content;
  const pointer = lfs && { lfs: { sha256, size, pointerSize: lfsPointerSize(size) } };
  return { rfilename: path, size, blobId: entry.oid, ...pointer };
}
