import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { HubError } from '../../domain/hub-error.js';
import { isFolder, type GitEntry } from './git-objects.js';
import type { GitTree, LoadTrees } from './git-tree.js';

/** Entries that are examined for folders to load ahead. */
const MAX_EXAMINED = 20_000;

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
  /** Number of folders to load at once. More than the caller reads would be loaded in vain. */
  readonly loadAhead: number;
}

/** Walks all files and folders of a commit. */
export const WHOLE_TREE: WalkOptions = { at: '', recursive: true, loadAhead: 4000 };

/** A folder that is being walked, and the position in it. */
interface OpenFolder {
  readonly entries: readonly GitEntry[];
  readonly path: string;
  next: number;
}

/**
 * Iterates over a folder's entries in git's order; with `recursive`, each folder is followed by its contents. The order only depends on the
 * tree, so a page can continue after the last entry without walking the previous ones.
 *
 * @throws HubError `BadRequest` if `after` is not an entry of this folder
 */
export async function* walkTree(
  load: LoadTrees,
  folderOid: string,
  { at, recursive, after = [], loadAhead }: WalkOptions,
): AsyncGenerator<PathEntry> {
  const trees = new TreesAhead(load, loadAhead);
  const open: OpenFolder[] = [];
  const enter = async (oid: string, path: string): Promise<OpenFolder> => {
    const folder = { entries: (await trees.get(oid, open)).entries, path, next: 0 };
    open.push(folder);
    return folder;
  };
  const turns = new EventLoopTurns();
  let folder = await enter(folderOid, at);
  for (const name of after) {
    const entry = skipTo(folder, name);
    if (!recursive || !isFolder(entry)) break;
    folder = await enter(entry.oid, join(folder.path, name));
  }
  for (let current = open.at(-1); current; current = open.at(-1)) {
    const entry = current.entries[current.next++];
    if (!entry) {
      open.pop();
      continue;
    }
    const path = join(current.path, entry.name);
    yield { path, entry };
    if (turns.isOver) await turns.next();
    if (recursive && isFolder(entry)) await enter(entry.oid, path);
  }
}

/** @throws HubError `BadRequest` if the folder has no such entry */
function skipTo(folder: OpenFolder, name: string): GitEntry {
  const index = folder.entries.findIndex((entry) => entry.name === name);
  if (index < 0) throw new HubError('BadRequest', 'The cursor does not belong to this listing');
  folder.next = index + 1;
  return folder.entries[index]!;
}

/** Loads the trees of a walk in batches: with a tree that is needed now, those that will be needed next. */
class TreesAhead {
  private readonly loaded = new Map<string, GitTree>();

  constructor(
    private readonly load: LoadTrees,
    private readonly batchSize: number,
  ) {}

  /** @param open - the folders that are being walked, from the outermost to the innermost */
  async get(oid: string, open: readonly OpenFolder[]): Promise<GitTree> {
    const known = this.loaded.get(oid);
    if (known) return known;
    const wanted = new Set([oid]);
    this.addNextFolders(wanted, open);
    for (const [id, tree] of await this.load([...wanted])) this.loaded.set(id, tree);
    return this.loaded.get(oid)!;
  }

  /** Adds the next folders of the walk that are not loaded yet, which it finds in those that are. */
  private addNextFolders(wanted: Set<string>, open: readonly OpenFolder[]): void {
    const stack = open.map(({ entries, next }) => ({ entries, next }));
    let examined = 0;
    for (let current = stack.at(-1); current && wanted.size < this.batchSize; current = stack.at(-1)) {
      const entry = current.entries[current.next++];
      examined += 1;
      if (examined > MAX_EXAMINED) return;
      if (!entry) stack.pop();
      else if (isFolder(entry)) {
        const tree = this.loaded.get(entry.oid);
        if (tree) stack.push({ entries: tree.entries, next: 0 });
        else wanted.add(entry.oid);
      }
    }
  }
}

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
