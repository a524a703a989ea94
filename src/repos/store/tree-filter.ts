import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { encodeTreeSteps, isFolder, objectId, type GitEntry } from './git-objects.js';
import type { GitTree, LoadTrees } from './git-tree.js';

/** Folders that are loaded together. */
const LOADED_TOGETHER = 500;

/** Git's id of a folder without entries, which only a commit without files has. */
const EMPTY_TREE = objectId('tree', Buffer.alloc(0));

/** Removes files from trees by their git ids, and the folders that are empty then. Each tree is examined once. */
export class TreeFilter {
  /** New trees, by the root tree in which they were found first. */
  private readonly trees = new Map<string, Map<string, Buffer>>();
  /** The new id of each examined tree; null if it would be empty. */
  private readonly results = new Map<string, string | null>();
  private readonly turns = new EventLoopTurns();

  constructor(
    private readonly load: LoadTrees,
    private readonly unwanted: ReadonlySet<string>,
  ) {}

  /** Examines the tree of a commit with all its folders. `resultOf` then has its new id. */
  async add(rootOid: string): Promise<void> {
    const loaded = await this.loadNew(rootOid);
    const trees = new Map<string, Buffer>();
    for (const [oid, tree] of [...loaded].reverse()) await this.filter(oid, tree, trees);
    if (this.results.get(rootOid) === null) trees.set(EMPTY_TREE, Buffer.alloc(0));
    if (trees.size > 0) this.trees.set(rootOid, trees);
  }

  /** The new id of a root tree. */
  resultOf(rootOid: string): string {
    const result = this.results.get(rootOid);
    return result === null ? EMPTY_TREE : (result ?? rootOid);
  }

  /** The new trees that were found in a root tree, and not in one that was added before. */
  newTreesIn(rootOid: string): ReadonlyMap<string, Buffer> {
    return this.trees.get(rootOid) ?? new Map();
  }

  /** Loads all folders that have not been examined yet, each before its subfolders. */
  private async loadNew(rootOid: string): Promise<Map<string, GitTree>> {
    const loaded = new Map<string, GitTree>();
    let level = this.results.has(rootOid) ? [] : [rootOid];
    while (level.length > 0) {
      const next = new Set<string>();
      for (let at = 0; at < level.length; at += LOADED_TOGETHER) {
        for (const [oid, tree] of await this.load(level.slice(at, at + LOADED_TOGETHER))) {
          loaded.delete(oid); // a folder that is also in a deeper one must be examined before that one
          loaded.set(oid, tree);
          for (const entry of tree.entries) if (isFolder(entry) && !this.results.has(entry.oid)) next.add(entry.oid);
          if (this.turns.isOver) await this.turns.next();
        }
      }
      level = [...next];
    }
    return loaded;
  }

  private async filter(oid: string, { entries }: GitTree, trees: Map<string, Buffer>): Promise<void> {
    const kept: GitEntry[] = [];
    let isChanged = false;
    for (const entry of entries) {
      const now = isFolder(entry) ? this.results.get(entry.oid) : this.unwanted.has(entry.oid) ? null : entry.oid;
      if (now !== entry.oid) isChanged = true;
      if (now !== null && now !== undefined) kept.push({ ...entry, oid: now });
      if (this.turns.isOver) await this.turns.next();
    }
    if (!isChanged) this.results.set(oid, oid);
    else if (kept.length === 0) this.results.set(oid, null);
    else {
      const body = await runInSteps(encodeTreeSteps(kept));
      trees.set(objectId('tree', body), body);
      this.results.set(oid, objectId('tree', body));
    }
  }
}
