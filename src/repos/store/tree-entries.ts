import type { Sibling } from '../../domain/wire/repo-info.js';
import type { TreeEntry } from './wire/tree-entry.js';
import { isFolder } from './git-objects.js';
import { lfsPointerSize } from './lfs-pointer.js';
import type { PathEntry } from './walk-tree.js';

/** Where a file's bytes are, and how many. */
export interface FileContent {
  readonly sha256: string;
  readonly size: number;
  readonly lfs: boolean;
}

/** The commit that last touched an entry. */
interface Note {
  readonly oid: string;
  readonly title: string;
  readonly createdAt: Date;
}

/** A line of a tree or paths-info answer. `content` is that of a file; folders have none. */
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

/** The same with what `expand=true` adds. */
export function expandedEntry(entry: TreeEntry, note: Note | undefined): TreeEntry {
  const lastCommit = note ? { id: note.oid, title: note.title, date: note.createdAt.toISOString() } : null;
  return { ...entry, lastCommit, ...(entry.type === 'file' && { securityFileStatus: null }) };
}

/** A file as a repository's `siblings` list it; with its content when sizes were asked (here `sha256`, not `oid`). */
export function sibling({ path, entry }: PathEntry, content: FileContent | undefined): Sibling {
  if (!content) return { rfilename: path };
  const { sha256, size, lfs } = content;
  const pointer = lfs && { lfs: { sha256, size, pointerSize: lfsPointerSize(size) } };
  return { rfilename: path, size, blobId: entry.oid, ...pointer };
}
