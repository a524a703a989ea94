import { HubError } from '../../domain/hub-error.js';
import type { Conditions, Operation, QueryPairs } from '../../domain/operation.js';
import { forwardableQuery } from '../../domain/forward-query.js';
import type { RepoPath } from '../../domain/parse-repo-path.js';

/** What a request says besides its URL. */
export interface Asking {
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** A paths-info body, parsed from its form or JSON. */
  readonly body?: unknown;
}

/** More paths than any client sends at once (the hub's own documentation: 2000). */
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
 * The operation that a request asks for.
 *
 * @throws HubError BadRequest for a body or a path that cannot be meant, NotFound for a method the URL does not have
 */
export function toOperation(path: RepoPath, asking: Asking): Operation {
  const { repo, rest } = path;
  const query = forwardableQuery(path.query);
  const post = asking.method === 'POST';
  if (post !== (path.verb === 'paths-info'))
    throw new HubError('NotFound', `${asking.method} is not what this address is for.`);
  switch (path.verb) {
    case 'resolve':
    case 'raw':
      return fileOperation(path, query, asking);
    case 'info':
    case 'refs':
      return { kind: path.verb, repo, query };
    case 'paths-info':
      return { kind: 'pathsInfo', repo, rest: withRevision(rest), query, ...readPathsBody(asking.body) };
    case 'revision':
    case 'tree':
    case 'commits':
      return { kind: path.verb, repo, rest: withRevision(rest), query };
  }
}

function fileOperation({ repo, verb, rest }: RepoPath, query: QueryPairs, { method, headers }: Asking): Operation {
  const [revision, ...path] = rest;
  if (revision === undefined || path.length === 0)
    throw new HubError('BadRequest', `"/${verb}/" is followed by a revision and a file's path.`);
  return {
    kind: 'resolve',
    raw: verb === 'raw',
    method: method === 'HEAD' ? 'HEAD' : 'GET',
    repo,
    revision,
    path,
    query,
    conditions: conditionsOf(headers),
  };
}

function conditionsOf(headers: Asking['headers']): Conditions {
  const conditions: Record<string, string> = {};
  for (const name of CONDITIONS) if (typeof headers[name] === 'string') conditions[name] = headers[name];
  return conditions;
}

function withRevision(rest: readonly string[]): readonly string[] {
  if (rest.length === 0) throw new HubError('BadRequest', 'A revision is missing: a branch, a tag or a commit.');
  return rest;
}

/** Python sends a form (`paths=a&paths=b&expand=False`), JavaScript JSON; one path may stand alone (contract A.7). */
function readPathsBody(body: unknown): { paths: readonly string[]; expand: boolean } {
  const { paths = [], expand } = (body ?? {}) as { paths?: unknown; expand?: unknown };
  const list: unknown[] = Array.isArray(paths) ? paths : [paths];
  const wrong = list.findIndex((path) => typeof path !== 'string' || /\p{Cs}/u.test(path));
  if (wrong >= 0)
    throw new HubError('BadRequest', 'paths-info', {
      fields: [{ field: `paths[${wrong}]`, message: 'a path is a string of well-formed Unicode' }],
    });
  if (list.length > MAX_PATHS)
    throw new HubError('BadRequest', `At most ${MAX_PATHS} paths can be asked for at once, not ${list.length}.`);
  return { paths: list as string[], expand: isTrue(expand) };
}

/** `true`, `True`, `1`: older Python clients write the capital (contract E, trap 42). */
export const isTrue = (value: unknown): boolean =>
  value === true || /^(true|1)$/i.test(typeof value === 'string' ? value : '');
