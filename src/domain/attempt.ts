import type { AnyOperationKind, Operations, ReplyJson } from './operation.js';
import type { Source } from './source.js';
import type { Outcome, Reply } from './upstream.js';

/**
 * The meaning of an outcome for the chain: `serve` its reply, `propagate` its error because it has the repository, or
 * try the `next` source.
 */
export type Verdict = 'serve' | 'propagate' | 'next';

/** Reasons why an attempt did not serve; `ok` if it did. */
export const ATTEMPT_CATEGORIES = [
  'ok',
  'not-found',
  'auth',
  'disabled',
  'forbidden',
  'token-rejected',
  'credentials-unreadable',
  'offline',
  'rate-limited',
  'server',
  'timeout',
  'network',
  'unavailable',
  'busy',
  'other',
] as const;
export type AttemptCategory = (typeof ATTEMPT_CATEGORIES)[number];

/** How a strategy classifies an outcome. */
export interface Classification {
  readonly verdict: Verdict;
  readonly category: AttemptCategory;
  /** The source's error code if clients know it (contract B.3). */
  readonly errorCode?: 'RepoNotFound' | 'RevisionNotFound' | 'EntryNotFound' | 'GatedRepo';
  /** Whether the repository itself was not found, not only a file in it. */
  readonly repoDenied: boolean;
  /** Whether a "not found" does not show that it is from a hub. A gateway in front of the source may have sent it. */
  readonly mayBeOfGateway?: true;
  /** The reason that a reply which would have served was refused, as a sentence without a full stop. */
  readonly problem?: string | undefined;
}

/** A request to one source and its outcome. */
export interface Attempt extends Classification {
  readonly source: Source;
  /** A reply that serves is in the hub's format. */
  readonly outcome: Outcome;
  /** Decodes the same replies for another operation that has the same requests. */
  readonly readAs?: <Kind extends AnyOperationKind>(operation: Operations[Kind]) => ReplyJson[Kind] | undefined;
  /** The replies of a source that serves, as it sent them. */
  readonly replies?: readonly Reply[] | undefined;
  readonly method: string;
  /** Path and query of the request, relative to the source's URL. */
  readonly path: string;
  /** Duration in milliseconds. */
  readonly ms: number;
}
