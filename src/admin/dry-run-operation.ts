import { buildOperation } from '../domain/build-operation.js';
import { HubError } from '../domain/hub-error.js';
import { OPERATION_KINDS, OPERATIONS, type Operation, type ProfileOperation } from '../domain/operation.js';
import type { RepoId, RepoType } from '../domain/repo-id.js';
import { isAccountName } from '../domain/account-name.js';
import { checkNoApiWord } from '../domain/api-words.js';
import { checkRepoName } from '../domain/check-name.js';
import { segmentError } from '../domain/encode-path.js';

/** Operations that support a dry run. KohakuHub calls `pathsInfo` `paths_info`. */
export const DRY_RUN_OPERATIONS = [...OPERATION_KINDS, 'paths_info', 'userProfile'] as const;
export type DryRunOperationKind = (typeof DRY_RUN_OPERATIONS)[number];

export interface DryRunRequest {
  readonly op: DryRunOperationKind;
  /** Required for all operations except `userProfile`. */
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
  return checkNoApiWord({ type, namespace, name });
}

/** Splits a path into segments, ignoring leading and trailing slashes. */
function parseSegments(field: string, text: string): string[] {
  const segments = text.split('/').filter((segment, n, all) => segment !== '' || (n > 0 && n < all.length - 1));
  const problem = segments.map(segmentError).find((problem) => problem !== undefined);
  if (problem) throw invalid(field, `Has a segment that ${problem}`);
  return segments;
}

function checkedAccountName(name: string): string {
  if (isAccountName(name)) return name;
  throw invalid('name', 'Must be the name of a user or organization');
}

const invalid = (field: string, message: string): HubError =>
  new HubError('BadRequest', `Invalid ${field}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`, {
    fields: [{ field, message }],
  });

/**
 * Converts a dry-run request to the operation that a client's request would have.
 * @throws HubError `BadRequest`
 */
export function toOperation(request: DryRunRequest): Operation | ProfileOperation {
  const { op, name, revision = 'main', file_path = '', paths } = request;
  if (op === 'userProfile') return { kind: op, name: checkedAccountName(name) };
  const kind = op === 'paths_info' ? 'pathsInfo' : op;
  const { takes } = OPERATIONS[kind];
  const path = parseSegments('file_path', file_path);
  const version = parseSegments('revision', revision).join('/');
  if (!version) throw invalid('revision', 'Must not be empty');
  if (takes === 'file' && path.length === 0) throw invalid('file_path', 'Must be the path of a file');
  const hasPath = takes === 'file' || takes === 'folder';
  return buildOperation(kind, {
    repo: repoOf(request),
    query: [],
    rest: takes === 'item' ? [] : hasPath ? [version, ...path] : [version],
    method: 'HEAD',
    paths: paths ?? [path.join('/')],
  });
}
