import { isFolder, FOLDER_MODE, type GitEntry } from './git-objects.js';

/** The entries of a folder, in git's order. Immutable, so instances can be cached indefinitely. */
export class GitTree {
  private byName: ReadonlyMap<string, GitEntry> | undefined;

  constructor(readonly entries: readonly GitEntry[]) {}

  find(name: string): GitEntry | undefined {
    this.byName ??= new Map(this.entries.map((entry) => [entry.name, entry]));
    return this.byName.get(name);
  }
}

/** Loads a tree by its id, which must exist. */
export type LoadTree = (oid: string) => Promise<GitTree>;

/** Finds the entry at a path. Without segments, returns the root folder. */
export async function findEntry(
  load: LoadTree,
  rootOid: string,
  segments: readonly string[],
): Promise<GitEntry | undefined> {
  let entry: GitEntry | undefined = { mode: FOLDER_MODE, name: '', oid: rootOid };
  for (const segment of segments) {
    if (!entry || !isFolder(entry)) return undefined;
    entry = (await load(entry.oid)).find(segment);
  }
  return entry;
}

/** The parent tree of a repository's first commit. */
export const EMPTY_TREE = new GitTree([]);
