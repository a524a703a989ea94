import type { Attempt } from '../../domain/attempt.js';
import { isCommitId } from '../../domain/commit-id.js';
import { isOnRepo, type AnyOperation, type OperationKind } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { Reply, ReplyHeaders } from '../../domain/upstream.js';

/** The headers that are cached with a reply: all headers that the hub reads. */
const CACHED_HEADERS = [
  'content-type',
  'content-length',
  'last-modified',
  'etag',
  'link',
  'x-total-count',
  'x-repo-commit',
  'x-linked-size',
  'x-linked-etag',
  'x-xet-hash',
  'x-error-code',
  'x-error-message',
];

/** Operations on a commit whose replies never change. */
const IMMUTABLE: readonly OperationKind[] = ['revision', 'tree', 'pathsInfo', 'treesize'];

/**
 * The commit of a request whose reply never changes: info, tree and paths of a commit, and the metadata of its files, but not their
 * content. `undefined` for all other requests.
 */
export function requestedCommit(operation: AnyOperation): string | undefined {
  if (operation.kind === 'resolve')
    return operation.method === 'HEAD' && isEmpty(operation.conditions) ? commitId(operation.revision) : undefined;
  return isOnRepo(operation) && IMMUTABLE.includes(operation.kind) && 'rest' in operation
    ? commitId(operation.rest[0])
    : undefined;
}

/** Whether replies of this source may be cached. If it has credentials, only if all its users must be signed in. */
export const mayCache = ({ hasCredentials, requireAuth }: Source, alwaysRequiresAuth: boolean): boolean =>
  !hasCredentials || requireAuth || alwaysRequiresAuth;

/**
 * The part of a reply about this commit that never changes. "Entry not found" is only cached if the reply names this commit, since some
 * hubs send it for commits that they do not have yet. Returns `undefined` if nothing can be cached.
 */
export function immutableReply(attempt: Attempt, commit: string): Reply | undefined {
  const reply = keptReply(attempt);
  const repliedCommit = reply && (commitOfReply(reply) ?? (attempt.verdict === 'serve' ? commit : undefined));
  return repliedCommit === commit ? reply : undefined;
}

/**
 * The part of a reply that may be kept: that of a source which serves, or that a commit does not have a file. Of a redirect, only the metadata of the file is
 * kept, because its target is signed and expires.
 */
export function keptReply({ verdict, errorCode, outcome }: Attempt): Reply | undefined {
  if (outcome.kind !== 'reply' || (verdict !== 'serve' && errorCode !== 'EntryNotFound')) return undefined;
  const { status, json, message, headers: all, isLarge } = outcome;
  if (isLarge) return undefined; // to serialize and parse it for the cache would take too long
  const headers: ReplyHeaders = { ...(errorCode && { 'x-error-code': errorCode }), ...keptHeaders(all) };
  if (status < 300 || status >= 400) return { kind: 'reply', status, headers, json, message };
  const size = headers['x-linked-size'];
  return size === undefined ? undefined : { kind: 'reply', status: 200, headers: described(headers, size) };
}

/** The headers that are stored with a reply. */
export const keptHeaders = (all: ReplyHeaders): ReplyHeaders =>
  Object.fromEntries(CACHED_HEADERS.flatMap((name) => (name in all ? [[name, all[name]!]] : [])));

/** The commit that a reply names. */
export const commitOfReply = ({ headers, json }: Pick<Reply, 'headers' | 'json'>): string | undefined =>
  headers['x-repo-commit'] ?? commitOf(json);

const isEmpty = (conditions: object): boolean => Object.values(conditions).every((value) => value === undefined);

const commitId = (revision?: string): string | undefined => (isCommitId(revision) ? revision : undefined);

const commitOf = (json: unknown): string | undefined => {
  const sha = (json as { sha?: unknown } | null | undefined)?.sha;
  return typeof sha === 'string' ? sha : undefined;
};

/** Type and length of a redirect do not describe the file. */
function described({ 'content-type': _type, ...headers }: ReplyHeaders, size: string): ReplyHeaders {
  return { ...headers, 'content-length': size };
}
