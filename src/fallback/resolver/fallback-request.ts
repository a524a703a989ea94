import { createHash } from 'node:crypto';
import type { Attempt } from '../../domain/attempt.js';
import type { Caller } from '../../domain/caller.js';
import type { HubError } from '../../domain/hub-error.js';
import type { Operation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { Reply } from '../../domain/upstream.js';
import type { RequestFacts } from '../../platform/http/hub-request.js';

/** Who asks, and how. */
export interface RequestContext {
  readonly caller: Caller;
  /** Entries of the incoming `Via`. */
  readonly via: readonly string[];
  /** The `fallback` parameter as sent. */
  readonly parameter: string | undefined;
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal;
  /** SourceResult of the attempts made for this question, for `X-Fallback-Trace`. */
  readonly observe?: (attempts: readonly Attempt[]) => void;
  /** Where it is noted what was asked, and who answered: for logs and traces of the request. */
  readonly facts?: RequestFacts;
}

/** An operation together with who asks it, and how. */
export interface FallbackRequest extends RequestContext {
  readonly operation: Operation;
}

/** A question to hubs as a whole. */
export interface NamespaceContext extends RequestContext {
  /** The account it is about; empty for none. */
  readonly namespace: string;
}

/** A source's answer to a question. */
export interface SourceReply {
  readonly source: Source;
  readonly reply: Reply;
}

/** The source that has a repository; with its reply to `probeFor(operation)` when it was asked just now. */
export interface RepoMatch {
  readonly source: Source;
  readonly reply?: Reply;
}

/** What came of looking for a repository's source. */
export type RepoSearchResult =
  | { readonly found: Source; readonly attempts: readonly Attempt[] }
  | { readonly found?: undefined; readonly attempts: readonly Attempt[]; readonly error: HubError };

/** What is known of a question before any source is asked. */
export interface FallbackStatus {
  /** False where the configuration, or a reserved namespace, keeps it in the hub. */
  readonly mayAsk: boolean;
  /** The source that the repository is bound to: it alone is asked. */
  readonly bound?: Source;
}

/** What a dry run of the chain found. */
export interface ChainDryRunResult {
  readonly attempts: readonly Attempt[];
  /** The attempt that would be answered with and bound. */
  readonly chosen?: Attempt;
  /** What a client would get. */
  readonly final: { readonly status: number; readonly code?: string; readonly message?: string };
  readonly ms: number;
}

/** The operation by which it is found out who has a repository: for a file its description, not its bytes. */
export const probeFor = (operation: Operation): Operation =>
  operation.kind === 'resolve' ? { ...operation, method: 'HEAD', conditions: {} } : operation;

/** Does the probe's reply answer the operation itself? */
export const isProbe = (operation: Operation): boolean => operation.kind !== 'resolve' || operation.method === 'HEAD';

/** Tells apart questions about one repository whose probes may have different answers; short, however long a question is. */
export const probeKey = (operation: Operation): string =>
  createHash('sha256')
    .update(JSON.stringify({ ...probeFor(operation), repo: undefined }))
    .digest('base64url');
