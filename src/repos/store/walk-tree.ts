import { HubError } from '../../domain/hub-error.js';
import { isFolder, type GitEntry } from './git-objects.js';
import type { LoadTree } from './git-tree.js';

/** A tree entry and its path. */
export interface PathEntry {
  /** Path from the repository's root. */
  readonly path: string;
  readonly entry: GitEntry;
}

/** How to walk a folder. */
export interface WalkOptions {
  /** Path of the folder; empty for the root. */
  readonly at: string;
  readonly recursive: boolean;
  /** Path segments, relative to the folder, of the last entry of the previous page. The walk continues after it. */
  readonly after?: readonly string[];
}

/**
 * Iterates over a folder's entries in git's order; with `recursive`, each folder is followed by its contents. The order only depends on the
 * tree, so a page can continue after the last entry without walking the previous ones.
 *
 * @throws HubError `BadRequest` if `after` is not an entry of this folder
 */
export async function* walkTree(load: LoadTree, folderOid: string, walk: WalkOptions): AsyncGenerator<PathEntry> {
  const { entries } = await load(folderOid);
  const [last, ...deeper] = walk.after ?? [];
  let from = 0;
  if (last !== undefined) {
    from = entries.findIndex((entry) => entry.name === last);
    if (from < 0) throw new HubError('BadRequest', 'The cursor does not belong to this listing');
    yield* walkSubfolder(load, entries[from]!, { ...walk, after: deeper.length ? deeper : undefined });
    from += 1;
  }
  for (const entry of entries.slice(from)) {
    yield { path: join(walk.at, entry.name), entry };
    yield* walkSubfolder(load, entry, { ...walk, after: undefined });
  }
}

async function* walkSubfolder(load: LoadTree, entry: GitEntry, walk: WalkOptions): AsyncGenerator<PathEntry> {
  if (walk.recursive && isFolder(entry)) yield* walkTree(load, entry.oid, { ...walk, at: join(walk.at, entry.name) });
}

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
