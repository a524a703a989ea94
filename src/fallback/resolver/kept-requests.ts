import { isCommitId } from '../../domain/commit-id.js';
import {
  isOnRepo,
  type AnyOperation,
  type FileOperation,
  type Operation,
  type RepoOperations,
} from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';

/** The revision that information about a repository is about. */
const DEFAULT_REVISION = 'main';

/** Operations about the content of a revision, which is the same for all revisions with the same commit. */
type ContentOperation = RepoOperations['tree' | 'pathsInfo' | 'treesize' | 'commits' | 'resolve'];

/**
 * How the reply to a request is kept. `commit`: about a commit, so it never changes. `revision`: about what a branch or tag points to. It is stored with the
 * commit, and the commit of the branch separately, so that replies about different commits are never mixed. `reply`: as it is; if it has a
 * commit, it also shows which commit `revision` has.
 */
export type KeptRequest =
  | { readonly by: 'commit'; readonly commit: string; readonly operation: Operation }
  | {
      readonly by: 'revision';
      readonly revision: string;
      readonly operation: ContentOperation;
      /** A request that shows which commit the revision has. */
      readonly refresh: Operation;
    }
  | { readonly by: 'reply'; readonly operation: AnyOperation; readonly revision?: string };

/** How the reply to an operation is kept; `undefined` for content of files and requests with conditions that only the source can check. */
export function keptRequest(operation: AnyOperation): KeptRequest | undefined {
  if (!isOnRepo(operation)) return { by: 'reply', operation };
  switch (operation.kind) {
    case 'resolve':
      return keptFile(operation);
    case 'tree':
    case 'pathsInfo':
    case 'treesize':
    case 'commits':
      return about(operation, operation.rest[0] ?? '', refreshOf(operation.repo, operation.rest[0] ?? ''));
    case 'revision': {
      const revision = operation.rest.join('/');
      if (isCommitId(revision)) return { by: 'commit', commit: revision, operation };
      return { by: 'reply', operation, revision };
    }
    case 'info':
      return { by: 'reply', operation, revision: DEFAULT_REVISION };
    case 'refs':
    case 'compare':
    case 'discussions':
    case 'likers':
      return { by: 'reply', operation };
  }
}

/** Changes the revision of a request to a commit. */
export function atCommit(operation: ContentOperation, commit: string): Operation {
  if (operation.kind === 'resolve') return { ...operation, revision: commit };
  return { ...operation, rest: [commit, ...operation.rest.slice(1)] };
}

/** `If-None-Match` is checked by the hub. Other conditions are rare. */
function keptFile(operation: FileOperation): KeptRequest | undefined {
  const { raw, method, conditions, revision } = operation;
  const { 'if-none-match': _checkedHere, ...others } = conditions;
  if (raw || method !== 'HEAD' || Object.values(others).some((value) => value !== undefined)) return undefined;
  const unconditional: FileOperation = { ...operation, conditions: {} };
  return about(unconditional, revision, unconditional);
}

const about = (operation: ContentOperation, revision: string, refresh: Operation): KeptRequest =>
  isCommitId(revision)
    ? { by: 'commit', commit: revision, operation }
    : { by: 'revision', revision, operation, refresh };

const refreshOf = (repo: RepoId, revision: string): Operation => ({
  kind: 'revision',
  repo,
  rest: [revision],
  query: [],
});

/** A request whose reply has the information that another one requests. */
interface SimilarRequest {
  readonly operation: Operation;
  readonly revision: string;
  /** The commit that its reply must be about. */
  readonly commit: string | undefined;
}

/** Requests for the same information about a repository, without parameters such as `expand`, or by branch instead of commit. */
export function similarRequests(operation: AnyOperation): readonly SimilarRequest[] {
  if (operation.kind !== 'info' && operation.kind !== 'revision') return [];
  const { repo } = operation;
  const named = operation.kind === 'revision' ? operation.rest.join('/') : DEFAULT_REVISION;
  const commit = isCommitId(named) ? named : undefined;
  const revision = commit === undefined ? named : DEFAULT_REVISION;
  const plain = { operation: refreshOf(repo, revision), revision, commit };
  if (revision !== DEFAULT_REVISION) return [plain];
  return [plain, { operation: { kind: 'info', repo, query: [] }, revision, commit }];
}

/** Requests whose replies may list the files of a commit. */
export const infoRequests = (repo: RepoId, commit: string): readonly Operation[] => {
  const named = refreshOf(repo, commit);
  return [named, ...similarRequests(named).map(({ operation }) => operation)];
};
