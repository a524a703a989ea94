import { HubError } from '../../domain/hub-error.js';
import { isFolder, type GitEntry } from './git-objects.js';
import type { LoadTree } from './git-tree.js';

/** An entry and where it was found. */
export interface PathEntry {
  /** From the repository's root. */
  readonly path: string;
  readonly entry: GitEntry;
}

/** How a folder is walked. */
export interface WalkOptions {
  /** The folder's own path; empty for the root. */
  readonly at: string;
  readonly recursive: boolean;
  /** Segments, below the folder, of the entry that came last on the page before: the walk goes on after it. */
  readonly after?: readonly string[];
}

/**
 * A folder's entries in git's order; with `recursive` each folder is followed by what is in it. The order belongs to the tree, so
 * a page can go on where the last one ended without having walked what came before.
 * @throws HubError `BadRequest` when `after` is no entry of this folder
 */
export async function* walkTree(load: LoadTree, folderOid: string, walk: WalkOptions): AsyncGenerator<PathEntry> {
  const { entries } = await load(folderOid);
  const [last, ...deeper] = walk.after ?? [];
  let from = 0;
  if (last !== undefined) {
    from = entries.findIndex((entry) => entry.name === last);
    if (from < 0) throw new HubError('BadRequest', 'The cursor does not belong to this listing');
    yield* inside(load, entries[from]!, { ...walk, after: deeper.length ? deeper : undefined });
    from += 1;
  }
  for (const entry of entries.slice(from)) {
    yield { path: join(walk.at, entry.name), entry };
    yield* inside(load, entry, { ...walk, after: undefined });
  }
}

async function* inside(load: LoadTree, entry: GitEntry, walk: WalkOptions): AsyncGenerator<PathEntry> {
  if (walk.recursive && isFolder(entry)) yield* walkTree(load, entry.oid, { ...walk, at: join(walk.at, entry.name) });
}

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
