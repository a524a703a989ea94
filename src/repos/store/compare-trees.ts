import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { isFolder, type GitEntry } from './git-objects.js';
import type { LoadTrees } from './git-tree.js';

/** A file that differs between two trees: added without `before`, deleted without `after`. */
export interface ChangedFile {
  readonly path: string;
  readonly before: GitEntry | undefined;
  readonly after: GitEntry | undefined;
}

/** Git ids of the two folders that are compared; undefined if there is no folder with this path. */
interface Folders {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Finds the files that differ between two trees. Folders with the same id are not read. A moved file is deleted at one path and added at another. */
export async function* compareTrees(
  load: LoadTrees,
  { before, after }: Folders,
  at = '',
  turns = new EventLoopTurns(),
): AsyncGenerator<ChangedFile> {
  if (before === after) return;
  const trees = await load([before, after].filter((oid) => oid !== undefined));
  const [old, now] = [before, after].map((oid) => (oid === undefined ? undefined : trees.get(oid)));
  const names = new Set([...(old?.entries ?? []), ...(now?.entries ?? [])].map(({ name }) => name));
  for (const name of [...names].sort()) {
    const [was, is] = [old?.find(name), now?.find(name)];
    if (was?.oid === is?.oid && was?.mode === is?.mode) continue;
    const path = at === '' ? name : `${at}/${name}`;
    const files = { before: fileOf(was), after: fileOf(is) };
    if (files.before || files.after) yield { path, ...files };
    const folders = { before: folderOf(was), after: folderOf(is) };
    if (folders.before ?? folders.after) yield* compareTrees(load, folders, path, turns);
    if (turns.isOver) await turns.next();
  }
}

const fileOf = (entry: GitEntry | undefined): GitEntry | undefined => (entry && !isFolder(entry) ? entry : undefined);

const folderOf = (entry: GitEntry | undefined): string | undefined =>
  entry && isFolder(entry) ? entry.oid : undefined;
