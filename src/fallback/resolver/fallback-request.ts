import type { ClientKey } from '../../domain/client-key.js';
import { createHash } from 'node:crypto';
import type { Attempt } from '../../domain/attempt.js';
import type { Caller } from '../../domain/caller.js';
import type { HubError } from '../../domain/hub-error.js';
import { isOnFeature, type AnyOperation, type Operation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { Reply } from '../../domain/upstream.js';
import type { Turn } from '../../platform/async/fair-turns.js';
import type { RequestFacts } from '../../platform/http/hub-request.js';

/** The caller of a request, and what determines how it may be resolved. */
export interface RequestContext {
  readonly caller: Caller;
  /** Identifies the client, for its share of the connections to sources: its account or network address. */
  readonly client?: ClientKey;
  /** Entries of the incoming `Via`. */
  readonly via: readonly string[];
  /** The `fallback` query parameter as sent. */
  readonly parameter: string | undefined;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
  /** No person waits for the reply, so it is not requested while little of the source's request budget is left. */
  readonly isBackground?: boolean | undefined;
  /** Whether the source is asked even if a stored reply is fresh. It is still used if the source does not respond. */
  readonly mustAsk?: boolean | undefined;
  /** Whether a person waits for the body of a background request by now (`SendContext`). */
  readonly isAwaited?: (() => boolean) | undefined;
  /** Called with all attempts, for `X-Fallback-Trace`. */
  readonly observe?: (attempts: readonly Attempt[]) => void;
  /** The turn of the request, which is paused while sources are requested. */
  readonly turn?: Turn | undefined;
  /** Receives the operation and the source, for logs and traces of the request. */
  readonly facts?: RequestFacts;
}

/** A request for an operation on a repository. */
export interface FallbackRequest extends RequestContext {
  readonly operation: Operation;
}

/** The context of a request that is not about one repository. */
export interface NamespaceContext extends RequestContext {
  /** The account that the request is about; empty for other requests. */
  readonly namespace: string;
}

/** A reply, and the source that sent it. */
export interface SourceReply {
  readonly source: Source;
  readonly reply: Reply;
}

/** The source that has a repository, and its reply to `probeFor(operation)` if that was requested just now. */
export interface RepoMatch {
  readonly source: Source;
  readonly reply?: Reply;
}

/** The result of searching for the source of a repository. */
export type RepoSearchResult =
  | { readonly found: Source; readonly attempts: readonly Attempt[] }
  | { readonly found?: undefined; readonly attempts: readonly Attempt[]; readonly error: HubError };

/** The state of a request before it is sent to any source. */
export interface FallbackStatus {
  /** False if the configuration or a reserved namespace does not allow sources to be used. */
  readonly isAllowed: boolean;
  /** The reason that sources, or some of them, are not used, as a sentence. */
  readonly reason?: string;
  /** The source that the repository is bound to, the only one that is used. */
  readonly bound?: Source;
}

/** The result of a dry run of the chain. */
export interface ChainDryRunResult {
  readonly attempts: readonly Attempt[];
  /** The attempt whose reply would be returned, and whose source would be bound. */
  readonly chosen?: Attempt;
  /** The response that a client would receive. */
  readonly final: { readonly status: number; readonly code?: string; readonly message?: string };
  readonly ms: number;
}

/**
 * The operation that determines which source has the repository. For a file, this is a HEAD request. For a feature that some sources do not
 * have, it is a request for the repository itself.
 */
export function probeFor(operation: Operation): Operation {
  if (operation.kind === 'resolve') return { ...operation, method: 'HEAD', conditions: {} };
  return isOnFeature(operation.kind) ? { kind: 'info', repo: operation.repo, query: [] } : operation;
}

/** Whether the reply to the probe is the reply to the operation itself. */
export const isProbe = (operation: Operation): boolean =>
  operation.kind === 'resolve' ? operation.method === 'HEAD' : !isOnFeature(operation.kind);

/** Identifies a probe among all probes of a repository. A hash, so that it is always short. */
export const probeKey = (operation: Operation): string => operationKey(probeFor(operation));

/** Identifies an operation among those on the same repository, or on the hub. */
export const operationKey = (operation: AnyOperation): string =>
  createHash('sha256')
    .update(JSON.stringify({ ...operation, repo: undefined }))
    .digest('base64url');
