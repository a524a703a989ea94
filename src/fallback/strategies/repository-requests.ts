import type { FileOperation, OperationKind, PathsInfoOperation } from '../../domain/operation.js';
import type { QueryPairs } from '../../domain/query.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { UpstreamRequest } from '../../domain/upstream.js';
import { getJson } from './requests.js';
import type { Planners } from './source-strategy.js';

/** The segments of `namespace/name`, decoded. */
export const idSegments = (repo: RepoId): string[] => repoFullName(repo).split('/');

/** `/api/{type}s/{id}`, which is the same on huggingface.co and KohakuHub. */
const apiSegments = (repo: RepoId): string[] => ['api', `${repo.type}s`, ...idSegments(repo)];

/**
 * The requests for a repository, which are the same on huggingface.co and KohakuHub except for the paths of files.
 * @param extra - query parameters of every request
 * @param fileSegments - path of a file, up to but excluding the revision
 */
export function repositoryPlanners(
  extra: QueryPairs,
  fileSegments: (operation: FileOperation) => readonly string[],
): Pick<Planners, OperationKind> {
  type OnApi = { readonly repo: RepoId; readonly query: QueryPairs; readonly rest?: readonly string[] };
  const json = ({ repo, query, rest = [] }: OnApi, ...verb: string[]): UpstreamRequest =>
    getJson([...apiSegments(repo), ...verb, ...rest], [...query, ...extra]);
  const large = (...request: Parameters<typeof json>): UpstreamRequest => ({ ...json(...request), mayBeLarge: true });
  return {
    resolve: (operation) => [fileRequest(operation, fileSegments(operation), extra)],
    info: (operation) => [large(operation)],
    revision: (operation) => [large(operation, 'revision')],
    tree: (operation) => [json(operation, 'tree')],
    treesize: (operation) => [json(operation, 'treesize')],
    commits: (operation) => [json(operation, 'commits')],
    compare: (operation) => [{ ...large(operation, 'compare'), expects: 'text' }],
    discussions: (operation) => [json(operation, 'discussions', ...(operation.number ? [operation.number] : []))],
    likers: (operation) => [json(operation, 'likers')],
    refs: (operation) => [large(operation, 'refs')],
    pathsInfo: (operation) => [{ ...json(operation, 'paths-info'), method: 'POST', form: pathsForm(operation) }],
  };
}

/** The request for a Xet token, which is the same on all hubs that have Xet. */
export const xetTokenRequest = (repo: RepoId, revision: string, extra: QueryPairs): UpstreamRequest =>
  getJson([...apiSegments(repo), 'xet-read-token', revision], extra);

const pathsForm = ({ paths, expand }: PathsInfoOperation): QueryPairs => [
  ...paths.map((path) => ['paths', path] as const),
  ['expand', String(expand)],
];

const fileRequest = (
  { method, revision, path, query, conditions }: FileOperation,
  segments: readonly string[],
  extra: QueryPairs,
): UpstreamRequest => ({
  method,
  segments: [...segments, revision, ...path],
  query: [...query, ...extra],
  conditions,
  expects: 'stream',
  follow: method === 'HEAD' ? 'unless-described' : 'always',
});
