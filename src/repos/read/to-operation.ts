import { buildOperation } from '../../domain/build-operation.js';
import { checkCommitExpandFields, checkExpandFields } from '../../domain/expand-fields.js';
import { expandFields } from '../../domain/query-flags.js';
import { checkOperationParameters } from '../../domain/check-parameters.js';
import { HubError } from '../../domain/hub-error.js';
import { kindOfVerb, OPERATIONS, type Operation, type OperationKind } from '../../domain/operation.js';
import type { Conditions } from '../../domain/query.js';
import { forwardableQuery } from '../../domain/forward-query.js';
import type { RepoPath } from '../../domain/parse-repo-path.js';
import { REFUSALS } from '../../domain/refusals.js';
import { readPathsInfoBody } from './paths-info-body.js';

/** The parts of a request other than its URL. */
export interface RequestParts {
  readonly method: string;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body of a paths-info request, parsed from a form or JSON. */
  readonly body?: unknown;
}

const CONDITIONS = [
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
] as const;

/**
 * Converts a request into an operation.
 *
 * @throws HubError `BadRequest` for an invalid path, parameter or body, `NotFound` for a method that the URL does not support
 */
export function toOperation(path: RepoPath, request: RequestParts): Operation {
  const kind = kindOfVerb(path.verb);
  const { takes, method } = OPERATIONS[kind];
  if ((request.method === 'POST') !== (method === 'POST'))
    throw new HubError('NotFound', `${request.method} is not supported for this URL.`);
  checkOperationParameters(kind, path.query);
  checkExpand(kind, path);
  return buildOperation(kind, {
    repo: path.repo,
    query: forwardableQuery(kind, path.query),
    rest: restOf(path, takes),
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    raw: path.verb === 'raw',
    conditions: conditionsOf(request),
    ...(kind === 'pathsInfo' && readPathsInfoBody(request.body)),
  });
}

type Takes = (typeof OPERATIONS)[OperationKind]['takes'];

function restOf({ verb, rest }: RepoPath, takes: Takes): readonly string[] {
  if (takes === 'nothing') return [];
  if (takes === 'item') return itemNumber(rest);
  if (takes === 'file' && rest.length < 2)
    throw new HubError('BadRequest', `The path after "/${verb}/" must be a revision followed by a file path.`);
  return withRevision(rest);
}

function itemNumber(rest: readonly string[]): readonly string[] {
  if (!/^\d{0,15}$/.test(rest[0] ?? '')) throw new HubError('NotFound', 'This URL does not exist.');
  if (rest.length > 1) throw new HubError('NotImplemented', REFUSALS.discussions.message);
  return rest;
}

/** Fields that this hub refuses for its own repositories, it also refuses for external ones. */
function checkExpand(kind: OperationKind, { repo, query }: RepoPath): void {
  const fields = ['info', 'revision', 'commits'].includes(kind) ? expandFields(query) : undefined;
  if (!fields) return;
  if (kind === 'commits') checkCommitExpandFields(fields);
  else checkExpandFields(repo.type, fields);
}

/** `Range` has a meaning for GET only (RFC 9110, 14.2): the response to HEAD describes the whole file. */
function conditionsOf({ method, headers }: RequestParts): Conditions {
  const names = method === 'HEAD' ? CONDITIONS.filter((name) => !/range$/.test(name)) : CONDITIONS;
  const conditions: Record<string, string> = {};
  for (const name of names) if (typeof headers[name] === 'string') conditions[name] = headers[name];
  return conditions;
}

function withRevision(rest: readonly string[]): readonly string[] {
  if (rest.length === 0) throw new HubError('BadRequest', 'The URL has no revision. Add a branch, tag or commit id.');
  return rest;
}
