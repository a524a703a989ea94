import type { Conditions, QueryPairs } from './query.js';

/**
 * What a strategy wants to have asked. It is built from decoded segments, and it has no place for a caller's credentials:
 * the only headers of a client that it carries are `Range` and `If-*` (law 5).
 */
export interface UpstreamRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Decoded; each is encoded once and joined under the source's URL. */
  readonly segments: readonly string[];
  readonly query: QueryPairs;
  /** A form body (`application/x-www-form-urlencoded`). */
  readonly form?: QueryPairs;
  readonly conditions?: Conditions;
  /** `json`: read, parsed, at most 16 MiB. `stream`: handed on unread. */
  readonly expects: 'json' | 'stream';
  /**
   * Redirects on the source's own origin: `always` followed; `unless-described` not when the answer already says commit, ETag and
   * size (a HEAD needs no more). Another origin is never followed here.
   */
  readonly follow: 'always' | 'unless-described';
}

/** Header names in lower case; a repeated header is joined as RFC 9110 says. */
export type ReplyHeaders = Readonly<Record<string, string>>;

/** A body that has not been read yet. Whoever drops it must `destroy()` it. */
export interface UnreadBody extends AsyncIterable<Uint8Array> {
  destroy(error?: Error): unknown;
}

/** A source's answer. */
export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly headers: ReplyHeaders;
  /** The parsed body where JSON was expected and came with a 2xx; otherwise undefined. */
  readonly json?: unknown;
  /** The body where a stream was expected and came with a 2xx. */
  readonly stream?: UnreadBody;
  /** The source's own words for an error: `X-Error-Message`, or what its body says, cut to 500 characters. */
  readonly message?: string;
  /** Seconds since the source said so, where it is told from memory; absent: just now. */
  readonly age?: number;
  /** The absolute target of a redirect that was not followed. */
  readonly location?: string;
}

/** Why there is no answer. */
export const FAILURE_CATEGORIES = [
  'timeout',
  'network',
  'unavailable',
  'rate-limited',
  'refused',
  'invalid',
  'aborted',
] as const;
export type FailureCategory = (typeof FAILURE_CATEGORIES)[number];

/** No answer, or none that could be one (HTML where JSON is due, a body over its limit); `refused`: an address that is not connected to. */
export interface Failure {
  readonly kind: 'failure';
  readonly category: FailureCategory;
  readonly message: string;
  /** The status, where one came. */
  readonly status?: number;
  /** Whole seconds after which asking again may help. */
  readonly retryAfter?: number;
}

/** An outcome, and whether it was requested without the source's token because the source rejected it. */
export type Outcome = (Reply | Failure) & { readonly tokenRejected?: boolean };

/** Abort reason of a request that was still silent when a later source was ready to serve. It counts as a timeout. */
export const OVERTAKEN = 'passed over';
