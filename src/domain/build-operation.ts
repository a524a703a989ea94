import type { Operation, OperationKind, RepoOperations, RevisionOperation } from './operation.js';
import type { Conditions, QueryPairs } from './query.js';
import type { RepoId } from './repo-id.js';

/** The parts of a request from which an operation is built. `rest` is checked against the row's `takes` before. */
export interface OperationParts {
  readonly repo: RepoId;
  readonly query: QueryPairs;
  /** Decoded segments after the verb: revision and path, as far as the operation takes them. */
  readonly rest: readonly string[];
  readonly method?: 'HEAD' | 'GET';
  readonly raw?: boolean;
  readonly conditions?: Conditions;
  readonly paths?: readonly string[];
  readonly expand?: boolean;
}

const onRevision =
  <Kind extends OperationKind>(kind: Kind) =>
  ({ repo, query, rest }: OperationParts): RevisionOperation<Kind> => ({ kind, repo, rest, query });

const BUILDERS: { readonly [Kind in OperationKind]: (parts: OperationParts) => RepoOperations[Kind] } = {
  resolve: ({ repo, query, rest: [revision = '', ...path], method = 'GET', raw = false, conditions = {} }) => ({
    kind: 'resolve',
    raw,
    method,
    repo,
    revision,
    path,
    query,
    conditions,
  }),
  info: ({ repo, query }) => ({ kind: 'info', repo, query }),
  revision: onRevision('revision'),
  tree: onRevision('tree'),
  pathsInfo: (parts) => ({
    ...onRevision('pathsInfo')(parts),
    paths: parts.paths ?? [],
    expand: parts.expand ?? false,
  }),
  treesize: onRevision('treesize'),
  refs: ({ repo, query }) => ({ kind: 'refs', repo, query }),
  commits: onRevision('commits'),
  compare: onRevision('compare'),
  discussions: ({ repo, query, rest: [number] }) => ({ kind: 'discussions', repo, query, number }),
  likers: ({ repo, query }) => ({ kind: 'likers', repo, query }),
};

/** Builds an operation of any kind. */
export const buildOperation = (kind: OperationKind, parts: OperationParts): Operation => BUILDERS[kind](parts);
