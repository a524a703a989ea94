import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { HubError } from '../../domain/hub-error.js';
import { checkCommitPath, checkExistingPath } from './check-commit-path.js';

/** A commit operation whose content is stored and known by its git id. */
export type TreeOperation =
  | { readonly kind: 'put'; readonly path: string; readonly oid: string }
  | { readonly kind: Deletion; readonly path: string };

/** Kind of deletion. `deletedEntry` matches files and folders. */
type Deletion = 'deletedFile' | 'deletedFolder' | 'deletedEntry';

const REMOVES = { deletedFile: 'file', deletedFolder: 'folder', deletedEntry: 'entry' } as const;

/** Planned changes at a path and below it. */
export interface PlannedEntry {
  remove?: 'file' | 'folder' | 'entry';
  /** Git id of the file to put here. */
  put?: string;
  readonly children: Map<string, PlannedEntry>;
}

/**
 * Arranges a commit's operations as a tree. If a path occurs twice, the last operation applies.
 *
 * @throws HubError `BadRequest` for an invalid path
 */
export async function commitPlan(operations: readonly TreeOperation[]): Promise<PlannedEntry> {
  const root: PlannedEntry = { children: new Map() };
  const turns = new EventLoopTurns();
  for (const operation of operations) {
    if (turns.isOver) await turns.next();
    const check = operation.kind === 'put' ? checkCommitPath : checkExistingPath;
    const entry = getOrCreate(root, check(targetOf(operation)));
    if (operation.kind === 'put') entry.put = operation.oid;
    else entry.remove = REMOVES[operation.kind];
  }
  return root;
}

/** Clients send folders with or without a trailing slash. */
function targetOf({ kind, path }: TreeOperation): string {
  if (kind !== 'deletedFolder' && kind !== 'deletedEntry') return path;
  if (path === '/' || path === '') throw new HubError('BadRequest', 'The root of a repository cannot be deleted');
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function getOrCreate(root: PlannedEntry, segments: readonly string[]): PlannedEntry {
  let entry = root;
  for (const segment of segments) {
    let next = entry.children.get(segment);
    if (!next) entry.children.set(segment, (next = { children: new Map() }));
    entry = next;
  }
  return entry;
}
