import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { decodeTree, isFolder, FOLDER_MODE, type GitEntry } from './git-objects.js';

/** The entries of a folder, in git's order. Immutable, so instances can be cached indefinitely. */
export class GitTree {
  private byName: ReadonlyMap<string, GitEntry> | undefined;

  constructor(readonly entries: readonly GitEntry[]) {}

  find(name: string): GitEntry | undefined {
    this.byName ??= new Map(this.entries.map((entry) => [entry.name, entry]));
    return this.byName.get(name);
  }
}

/** Decodes the body of a tree object in turns, since a folder can have 100,000 files. */
export async function readTree(body: Buffer, turns: EventLoopTurns): Promise<GitTree> {
  const entries: GitEntry[] = [];
  for (const entry of decodeTree(body)) {
    entries.push(entry);
    if (turns.isOver) await turns.next();
  }
  return new GitTree(entries);
}

/** Loads trees by their ids, which must exist. */
export type LoadTrees = (oids: readonly string[]) => Promise<ReadonlyMap<string, GitTree>>;

const rootEntry = (oid: string): GitEntry => ({ mode: FOLDER_MODE, name: '', oid });

/** Finds the entry at a path. Without segments, returns the root folder. */
export async function findEntry(
  load: LoadTrees,
  rootOid: string,
  segments: readonly string[],
): Promise<GitEntry | undefined> {
  let entry: GitEntry | undefined = rootEntry(rootOid);
  for (const segment of segments) {
    if (!entry || !isFolder(entry)) return undefined;
    entry = (await load([entry.oid])).get(entry.oid)!.find(segment);
  }
  return entry;
}

/** A path that is searched: the folder that was reached, and where the name below it begins. */
interface Search {
  readonly path: string;
  readonly at: number;
  readonly folder: string;
}

/**
 * Finds the entries at several paths. Folders are loaded level by level, so this takes one query for each level and not for each folder.
 *
 * @param paths - without leading and trailing slashes; missing ones are left out of the result
 */
export async function findEntries(
  load: LoadTrees,
  rootOid: string,
  paths: Iterable<string>,
): Promise<Map<string, GitEntry>> {
  const found = new Map<string, GitEntry>();
  const turns = new EventLoopTurns();
  let searches: Search[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.size < seen.add(path).size) searches.push({ path, at: 0, folder: rootOid });
    if (turns.isOver) await turns.next();
  }
  while (searches.length > 0) {
    const trees = await load([...new Set(searches.map(({ folder }) => folder))]);
    const deeper: Search[] = [];
    for (const { path, at, folder } of searches) {
      const end = path.indexOf('/', at);
      const entry = trees.get(folder)!.find(end < 0 ? path.slice(at) : path.slice(at, end));
      if (entry && end < 0) found.set(path, entry);
      else if (entry && isFolder(entry)) deeper.push({ path, at: end + 1, folder: entry.oid });
      if (turns.isOver) await turns.next();
    }
    searches = deeper;
  }
  return found;
}

/** Loads the parent tree of a repository's first commit, for any id. */
export const loadEmptyTree: LoadTrees = (oids) => Promise.resolve(new Map(oids.map((oid) => [oid, new GitTree([])])));
