import type { Operation, QueryPairs } from '../../domain/operation.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { UpstreamRequest } from '../../domain/upstream.js';

/** `ns/name` as decoded segments. */
export const idSegments = (repo: RepoId): string[] => repoFullName(repo).split('/');

/** `/api/{type}s/{id}…`: the same in both dialects. */
const apiSegments = (repo: RepoId): string[] => ['api', `${repo.type}s`, ...idSegments(repo)];

const asJson = (segments: readonly string[], query: QueryPairs): UpstreamRequest => ({
  method: 'GET',
  segments,
  query,
  expects: 'json',
  follow: 'always',
});

/** How every question but the one for a file is put: both dialects share these URLs. */
export function planJson(operation: Exclude<Operation, { kind: 'resolve' }>, extra: QueryPairs): UpstreamRequest {
  const api = apiSegments(operation.repo);
  switch (operation.kind) {
    case 'info':
      return asJson(api, [...operation.query, ...extra]);
    case 'refs':
      return asJson([...api, 'refs'], [...operation.query, ...extra]);
    case 'revision':
    case 'tree':
    case 'commits':
      return asJson([...api, operation.kind, ...operation.rest], [...operation.query, ...extra]);
    case 'pathsInfo':
      return {
        ...asJson([...api, 'paths-info', ...operation.rest], [...operation.query, ...extra]),
        method: 'POST',
        form: [...operation.paths.map((path) => ['paths', path] as const), ['expand', String(operation.expand)]],
      };
  }
}

/** How a file is asked for, given where the dialect keeps it. */
export const planFile = (
  operation: Extract<Operation, { kind: 'resolve' }>,
  segments: readonly string[],
  extra: QueryPairs,
): UpstreamRequest => ({
  method: operation.method,
  segments: [...segments, operation.revision, ...operation.path],
  query: [...operation.query, ...extra],
  conditions: operation.conditions,
  expects: 'stream',
  follow: operation.method === 'HEAD' ? 'unless-described' : 'always',
});
