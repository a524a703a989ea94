import type { Attempt } from '../../domain/attempt.js';
import type { AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { Reply, ReplyHeaders } from '../../domain/upstream.js';

/** A commit's whole id: git's SHA-1, or the SHA-256 that KohakuHub's store gives. */
const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** What answers are read for; nothing else of a source's headers is kept. */
const LASTING_HEADERS = [
  ...['content-type', 'content-length', 'last-modified', 'etag', 'link', 'x-total-count'],
  ...['x-repo-commit', 'x-linked-size', 'x-linked-etag', 'x-error-code', 'x-error-message'],
];

/**
 * The commit that a question is about, where no later commit can change the answer: its description, its tree, its paths, and what a
 * file of it is, but not the file's bytes. Undefined for all others.
 */
export function requestedCommit(operation: AnyOperation): string | undefined {
  if (operation.kind === 'resolve')
    return operation.method === 'HEAD' && isEmpty(operation.conditions) ? commitId(operation.revision) : undefined;
  const { kind } = operation;
  return kind === 'revision' || kind === 'tree' || kind === 'pathsInfo' ? commitId(operation.rest[0]) : undefined;
}

/** May what this source says be told again from memory? What its token sees only where it is settled who gets to see it. */
export const mayCache = ({ hasToken, requireAuth }: Source, alwaysRequiresAuth: boolean): boolean =>
  !hasToken || requireAuth || alwaysRequiresAuth;

/**
 * What of an answer about this commit stays true: all, or that there is no such entry where the answer says that it looked into this commit
 * (some hubs say so of commits that they do not have yet). A redirect becomes the description that it bore,
 * for its target is signed and soon out of date. Undefined for answers that say nothing lasting, or name another commit.
 */
export function immutableReply({ verdict, errorCode, outcome }: Attempt, commit: string): Reply | undefined {
  if (outcome.kind !== 'reply' || (verdict !== 'serve' && errorCode !== 'EntryNotFound')) return undefined;
  const { status, json, message, headers: all } = outcome;
  const named = all['x-repo-commit'] ?? commitOf(json) ?? (verdict === 'serve' ? commit : undefined);
  if (named !== commit) return undefined;
  const headers: ReplyHeaders = {
    ...(errorCode && { 'x-error-code': errorCode }),
    ...Object.fromEntries(LASTING_HEADERS.flatMap((name) => (name in all ? [[name, all[name]!]] : []))),
  };
  if (status < 300 || status >= 400) return { kind: 'reply', status, headers, json, message };
  const size = headers['x-linked-size'];
  return size === undefined ? undefined : { kind: 'reply', status: 200, headers: described(headers, size) };
}

const isEmpty = (conditions: object): boolean => Object.values(conditions).every((value) => value === undefined);

const commitId = (revision = ''): string | undefined => (COMMIT_ID.test(revision) ? revision : undefined);

const commitOf = (json: unknown): string | undefined => {
  const sha = (json as { sha?: unknown } | null | undefined)?.sha;
  return typeof sha === 'string' ? sha : undefined;
};

/** Type and length of a redirect are not the file's. */
function described({ 'content-type': _redirects, ...headers }: ReplyHeaders, size: string): ReplyHeaders {
  return { ...headers, 'content-length': size };
}
