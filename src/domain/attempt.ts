import type { AnyOperationKind, Operations, ReplyJson } from './operation.js';
import type { Source } from './source.js';
import type { Outcome } from './upstream.js';

/**
 * What one source's outcome means for the chain: `serve` its answer; `propagate` its error, since it has the repository; ask the
 * `next`.
 */
export type Verdict = 'serve' | 'propagate' | 'next';

/** What an attempt that did not serve says about its source. */
export const ATTEMPT_CATEGORIES = [
  'ok',
  'not-found',
  'auth',
  'disabled',
  'forbidden',
  'token-rejected',
  'rate-limited',
  'server',
  'timeout',
  'network',
  'unavailable',
  'other',
] as const;
export type AttemptCategory = (typeof ATTEMPT_CATEGORIES)[number];

/** A strategy's reading of an outcome. */
export interface Classification {
  readonly verdict: Verdict;
  readonly category: AttemptCategory;
  /** The error code the source gave, where clients know it (contract B.3). */
  readonly errorCode?: 'RepoNotFound' | 'RevisionNotFound' | 'EntryNotFound' | 'GatedRepo';
  /** The source denied the repository itself, not only a file in it. */
  readonly repoDenied: boolean;
}

/** The outcome of asking one source. */
export interface Attempt extends Classification {
  readonly source: Source;
  /** A reply that serves is in the hub's own format. */
  readonly outcome: Outcome;
  /** Reads the same replies as an answer to another operation that has the same requests. */
  readonly readAs?: <Kind extends AnyOperationKind>(operation: Operations[Kind]) => ReplyJson[Kind] | undefined;
  readonly method: string;
  /** Path and query as asked, without the source's base. */
  readonly path: string;
  /** Milliseconds from asking to the outcome. */
  readonly ms: number;
}
