import { isCommitId } from '../../domain/commit-id.js';
import type { AnyOperation } from '../../domain/operation.js';
import { fieldsOf } from '../../domain/read-fields.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Reply } from '../../domain/upstream.js';

/** From this number on, the list of files may not be complete; huggingface_hub has the same limit. */
const MAX_LISTED_FILES = 50_000;

/** A file or folder of a commit. */
export interface CommitEntry {
  readonly repo: RepoId;
  readonly commit: string;
  readonly path: string;
  readonly isFolder: boolean;
}

/** The file or folder that a request is about, if it names the commit. */
export function requestedEntry(operation: AnyOperation): CommitEntry | undefined {
  if (operation.kind === 'resolve') {
    const { repo, revision: commit, path } = operation;
    return isCommitId(commit) ? { repo, commit, path: path.join('/'), isFolder: false } : undefined;
  }
  if (operation.kind !== 'tree') return undefined;
  const [commit, ...path] = operation.rest;
  return isCommitId(commit) && path.length > 0
    ? { repo: operation.repo, commit, path: path.join('/'), isFolder: true }
    : undefined;
}

/** Whether the list of files in information about a repository is complete and does not have the entry. */
export function isUnlisted({ path, isFolder }: CommitEntry, info: unknown): boolean {
  const { siblings } = fieldsOf(info);
  if (!Array.isArray(siblings) || siblings.length === 0 || siblings.length >= MAX_LISTED_FILES) return false;
  const names = siblings.map((sibling) => fieldsOf(sibling)['rfilename']);
  if (!names.every((name) => typeof name === 'string')) return false;
  return !names.some((name) => (isFolder ? name.startsWith(`${path}/`) : name === path));
}

/** The reply of a source whose commit does not have the requested file or folder. */
export const entryNotFoundReply = (commit: string): Reply => ({
  kind: 'reply',
  status: 404,
  headers: { 'x-error-code': 'EntryNotFound', 'x-error-message': 'Entry not found', 'x-repo-commit': commit },
});
