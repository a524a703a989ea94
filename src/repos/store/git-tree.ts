import { isFolder, FOLDER_MODE, type GitEntry } from './git-objects.js';

/** A folder's entries in git's order. Immutable, as its id says: it may be cached for good. */
export class GitTree {
  private byName: ReadonlyMap<string, GitEntry> | undefined;

  constructor(readonly entries: readonly GitEntry[]) {}

  find(name: string): GitEntry | undefined {
    this.byName ??= new Map(this.entries.map((entry) => [entry.name, entry]));
    return this.byName.get(name);
  }
}

/** Fetches a tree by its id; the id must exist. */
export type LoadTree = (oid: string) => Promise<GitTree>;

/** The entry at a path, or undefined. No segments: the root itself. */
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

/** What a repository's first commit starts from. */
export const EMPTY_TREE = new GitTree([]);
