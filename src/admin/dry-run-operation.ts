import { HubError } from '../domain/hub-error.js';
import type { ProfileOperation } from '../domain/operation.js';
import type { Operation } from '../domain/operation.js';
import type { RepoId, RepoType } from '../domain/repo-id.js';
import { isAccountName } from '../domain/account-name.js';
import { checkRepoName } from '../domain/check-name.js';
import { segmentFault } from '../domain/encode-path.js';

/** The operations that can be rehearsed; KohakuHub's administrators know `pathsInfo` as `paths_info`. */
export const DRY_RUN_OPERATIONS = [
  ...(['resolve', 'info', 'revision', 'tree', 'pathsInfo', 'paths_info', 'refs', 'commits'] as const),
  'userProfile',
] as const;
export type DryRunOperationKind = (typeof DRY_RUN_OPERATIONS)[number];

/** A question as the administrator poses it. */
export interface DryRunRequest {
  readonly op: DryRunOperationKind;
  /** Of everything but an account. */
  readonly repo_type?: RepoType;
  readonly namespace?: string;
  readonly name: string;
  readonly revision?: string;
  readonly file_path?: string;
  readonly paths?: readonly string[];
}

function repoOf({ repo_type: type = 'model', namespace = '', name }: DryRunRequest): RepoId {
  if (namespace !== '') checkRepoName(namespace);
  checkRepoName(name);
  return { type, namespace, name };
}

/** Decoded segments; slashes at the ends mean nothing here. */
function segmentsOf(field: string, text: string): string[] {
  const segments = text.split('/').filter((segment, at, all) => segment !== '' || (at > 0 && at < all.length - 1));
  const fault = segments.map(segmentFault).find((found) => found !== undefined);
  if (fault) throw wrong(field, `has a segment that ${fault}`);
  return segments;
}

function accountName(name: string): string {
  if (isAccountName(name)) return name;
  throw wrong('name', 'is not the name of a user or organization');
}

const wrong = (field: string, message: string): HubError =>
  new HubError('BadRequest', `${field} ${message}`, { fields: [{ field, message }] });

/**
 * The operation that a client's request would be.
 * @throws HubError BadRequest
 */
export function toOperation(question: DryRunRequest): Operation | ProfileOperation {
  const { op, name, revision = 'main', file_path = '', paths } = question;
  if (op === 'userProfile') return { kind: op, name: accountName(name) };
  const repo = repoOf(question);
  const path = segmentsOf('file_path', file_path);
  const version = segmentsOf('revision', revision).join('/');
  if (!version) throw wrong('revision', 'must not be empty');
  switch (op) {
    case 'info':
    case 'refs':
      return { kind: op, repo, query: [] };
    case 'resolve':
      if (path.length === 0) throw wrong('file_path', 'must name a file');
      return { kind: op, repo, raw: false, method: 'HEAD', revision: version, path, query: [], conditions: {} };
    case 'revision':
    case 'commits':
      return { kind: op, repo, rest: [version], query: [] };
    case 'tree':
      return { kind: op, repo, rest: [version, ...path], query: [] };
    case 'pathsInfo':
    case 'paths_info':
      return { kind: 'pathsInfo', repo, rest: [version], paths: paths ?? [path.join('/')], expand: false, query: [] };
  }
}
