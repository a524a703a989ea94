import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { HubError } from '../../domain/hub-error.js';
import { commitPlan, type PlannedEntry, type TreeOperation } from './commit-plan.js';
import { encodeTreeSteps, FILE_MODE, FOLDER_MODE, isFolder, objectId, type GitEntry } from './git-objects.js';
import type { GitTree, LoadTrees } from './git-tree.js';

/** The result of applying a commit to a tree. */
export interface AppliedCommit {
  readonly treeOid: string;
  /** Tree objects that may be new, by id. */
  readonly trees: ReadonlyMap<string, Buffer>;
  /** Paths of files and folders that were added or changed. */
  readonly changed: readonly string[];
}

/**
 * Applies a commit's operations to a tree. Only folders on the path to a change are read and written. Deletions are applied before
 * additions, regardless of their order.
 *
 * @throws HubError `EntryNotFound` if an entry to delete does not exist, `BadRequest` if a file and a folder would have the same path
 */
export async function applyCommit(
  load: LoadTrees,
  rootOid: string,
  operations: readonly TreeOperation[],
): Promise<AppliedCommit> {
  const plan = await commitPlan(operations);
  const writer = new TreeWriter(await loadChangedFolders(load, rootOid, plan));
  const entry = await writer.folder({ mode: FOLDER_MODE, name: '', oid: rootOid }, plan, '');
  return { treeOid: entry?.oid ?? (await writer.keep([])), trees: writer.trees, changed: writer.changed };
}

/** Loads all existing folders on the path to a change, level by level. */
async function loadChangedFolders(
  load: LoadTrees,
  rootOid: string,
  root: PlannedEntry,
): Promise<ReadonlyMap<string, GitTree>> {
  const loaded = new Map<string, GitTree>();
  const turns = new EventLoopTurns();
  for (let level = [{ oid: rootOid, plan: root }]; level.length > 0;) {
    const trees = await load([...new Set(level.map(({ oid }) => oid))]);
    for (const [oid, tree] of trees) loaded.set(oid, tree);
    const deeper: typeof level = [];
    for (const { oid, plan } of level) {
      for (const [name, child] of plan.children) {
        const entry = child.children.size > 0 ? trees.get(oid)?.find(name) : undefined;
        if (entry && isFolder(entry)) deeper.push({ oid: entry.oid, plan: child });
        if (turns.isOver) await turns.next();
      }
    }
    level = deeper;
  }
  return loaded;
}

class TreeWriter {
  readonly trees = new Map<string, Buffer>();
  readonly changed: string[] = [];
  private readonly turns = new EventLoopTurns();

  /** @param before - the trees of all folders that are changed */
  constructor(private readonly before: ReadonlyMap<string, GitTree>) {}

  async keep(entries: readonly GitEntry[]): Promise<string> {
    const body = await runInSteps(encodeTreeSteps(entries));
    const oid = objectId('tree', body);
    this.trees.set(oid, body);
    return oid;
  }

  /** Returns the folder after its changes; `undefined` if it is empty, since git has no empty folders. */
  async folder(before: GitEntry | undefined, plan: PlannedEntry, path: string): Promise<GitEntry | undefined> {
    const entries = new Map<string, GitEntry>();
    if (before) for (const entry of this.before.get(before.oid)!.entries) entries.set(entry.name, entry);
    for (const [name, child] of plan.children) {
      const entry = await this.entry(entries.get(name), child, path === '' ? name : `${path}/${name}`, name);
      if (entry) entries.set(name, entry);
      else entries.delete(name);
      if (this.turns.isOver) await this.turns.next();
    }
    if (entries.size === 0) return undefined;
    const oid = await this.keep([...entries.values()]);
    return { mode: FOLDER_MODE, name: before?.name ?? '', oid };
  }

  private async entry(before: GitEntry | undefined, plan: PlannedEntry, path: string, name: string) {
    let now = applyDeletion(before, plan, path);
    if (plan.children.size > 0) {
      if (now && !isFolder(now)) throw pathConflict(path);
      now = await this.folder(now, plan, path);
    }
    if (plan.put !== undefined) {
      if (now && isFolder(now)) throw pathConflict(path);
      now = { mode: now?.mode ?? FILE_MODE, name, oid: plan.put };
    }
    if (now && now.oid !== before?.oid) this.changed.push(path);
    return now && { ...now, name };
  }
}

function applyDeletion(before: GitEntry | undefined, plan: PlannedEntry, path: string): GitEntry | undefined {
  if (plan.remove === undefined) return before;
  const isRemoved = before && (plan.remove === 'entry' || isFolder(before) === (plan.remove === 'folder'));
  if (isRemoved) return undefined;
  const what = plan.remove === 'folder' ? 'folder' : 'file';
  throw new HubError('EntryNotFound', `A ${what} with this name doesn't exist`, { detail: path });
}

const pathConflict = (path: string): HubError =>
  new HubError('BadRequest', `${JSON.stringify(path)} would be a file and a folder at the same time`);
