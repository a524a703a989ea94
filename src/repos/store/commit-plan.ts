import { HubError } from '../../domain/hub-error.js';
import { checkCommitPath } from './check-commit-path.js';

/** A commit's operation once the content of its files is stored and known by its git id. */
export type TreeOperation =
  | { readonly kind: 'put'; readonly path: string; readonly oid: string }
  | { readonly kind: Deletion; readonly path: string };

/** What is deleted; an entry may be either. */
type Deletion = 'deletedFile' | 'deletedFolder' | 'deletedEntry';

const REMOVES = { deletedFile: 'file', deletedFolder: 'folder', deletedEntry: 'entry' } as const;

/** What shall happen at one path, and below it. */
export interface PlannedEntry {
  remove?: 'file' | 'folder' | 'entry';
  /** The git id of the file to be put here. */
  put?: string;
  readonly children: Map<string, PlannedEntry>;
}

/**
 * A commit's operations as a tree of what happens where; the last word on a path counts.
 * @throws HubError BadRequest for a path that may not be written
 */
export function commitPlan(operations: readonly TreeOperation[]): PlannedEntry {
  const root: PlannedEntry = { children: new Map() };
  for (const operation of operations) {
    const entry = reach(root, checkCommitPath(targetOf(operation)));
    if (operation.kind === 'put') entry.put = operation.oid;
    else entry.remove = REMOVES[operation.kind];
  }
  return root;
}

/** Clients name a folder with or without its slash. */
function targetOf({ kind, path }: TreeOperation): string {
  if (kind !== 'deletedFolder' && kind !== 'deletedEntry') return path;
  if (path === '/' || path === '') throw new HubError('BadRequest', 'The root of a repository cannot be deleted');
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function reach(root: PlannedEntry, segments: readonly string[]): PlannedEntry {
  let entry = root;
  for (const segment of segments) {
    let next = entry.children.get(segment);
    if (!next) entry.children.set(segment, (next = { children: new Map() }));
    entry = next;
  }
  return entry;
}
