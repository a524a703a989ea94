import { buildOperation } from '../../domain/build-operation.js';
import { HubError } from '../../domain/hub-error.js';
import { kindOfVerb, OPERATIONS, type Operation } from '../../domain/operation.js';
import type { Conditions } from '../../domain/query.js';
import { forwardableQuery } from '../../domain/forward-query.js';
import type { RepoPath } from '../../domain/parse-repo-path.js';

/** The parts of a request other than its URL. */
export interface RequestParts {
  readonly method: string;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body of a paths-info request, parsed from a form or JSON. */
  readonly body?: unknown;
}

/** Above the limit that the hub documents for clients (2000). */
const MAX_PATHS = 20_000;

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
 * @throws HubError `BadRequest` for an invalid path or body, `NotFound` for a method that the URL does not support
 */
export function toOperation(path: RepoPath, request: RequestParts): Operation {
  const kind = kindOfVerb(path.verb);
  const { takes, method } = OPERATIONS[kind];
  if ((request.method === 'POST') !== (method === 'POST'))
    throw new HubError('NotFound', `${request.method} is not supported for this URL.`);
  return buildOperation(kind, {
    repo: path.repo,
    query: forwardableQuery(path.query),
    rest: takes === 'nothing' ? [] : checkedRest(path, takes),
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    raw: path.verb === 'raw',
    conditions: conditionsOf(request.headers),
    ...(kind === 'pathsInfo' && readPathsBody(request.body)),
  });
}

function checkedRest({ verb, rest }: RepoPath, takes: 'revision' | 'folder' | 'file'): readonly string[] {
  if (takes === 'file' && rest.length < 2)
    throw new HubError('BadRequest', `The path after "/${verb}/" must be a revision followed by a file path.`);
  return withRevision(rest);
}

function conditionsOf(headers: RequestParts['headers']): Conditions {
  const conditions: Record<string, string> = {};
  for (const name of CONDITIONS) if (typeof headers[name] === 'string') conditions[name] = headers[name];
  return conditions;
}

function withRevision(rest: readonly string[]): readonly string[] {
  if (rest.length === 0) throw new HubError('BadRequest', 'The URL has no revision. Add a branch, tag or commit id.');
  return rest;
}

/** Python sends a form (`paths=a&paths=b&expand=False`), JavaScript sends JSON. A single path may come without a list (contract A.7). */
function readPathsBody(body: unknown): { paths: readonly string[]; expand: boolean } {
  const { paths = [], expand } = (body ?? {}) as { paths?: unknown; expand?: unknown };
  const list: unknown[] = Array.isArray(paths) ? paths : [paths];
  const wrong = list.findIndex((path) => typeof path !== 'string' || /\p{Cs}/u.test(path));
  if (wrong >= 0)
    throw new HubError('BadRequest', 'Invalid paths-info request', {
      fields: [{ field: `paths[${wrong}]`, message: 'must be a string of valid Unicode' }],
    });
  if (list.length > MAX_PATHS)
    throw new HubError('BadRequest', `A request can have at most ${MAX_PATHS} paths, but this one has ${list.length}.`);
  return { paths: list as string[], expand: isTrue(expand) };
}

/** Accepts `true`, `True` and `1`: older Python clients send a capital `T` (contract E, trap 42). */
export const isTrue = (value: unknown): boolean =>
  value === true || /^(true|1)$/i.test(typeof value === 'string' ? value : '');
