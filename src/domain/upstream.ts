import type { Freshness } from './freshness.js';
import type { Conditions, QueryPairs } from './query.js';

/**
 * A request to a source, described by a strategy. It is built from decoded segments and cannot contain the caller's credentials: the
 * only client headers in it are `Range` and `If-*` (invariant 5).
 */
export interface UpstreamRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Decoded path segments below the source's URL; each is encoded once. */
  readonly segments: readonly string[];
  readonly query: QueryPairs;
  /** A form body (`application/x-www-form-urlencoded`). */
  readonly form?: QueryPairs;
  readonly conditions?: Conditions;
  /**
   * `json`: the body is read and parsed, at most 16 MiB. `text`: the body is read, with the same limit, and may have any encoding. `stream`:
   * the body is passed on unread.
   */
  readonly expects: 'json' | 'text' | 'stream';
  /** Whether the JSON or text may have up to 64 MiB: it grows with the repository and has no pages. */
  readonly mayBeLarge?: boolean;
  /**
   * Whether redirects on the source's origin are followed. `unless-described`: not if the reply already has commit, ETag and size, which
   * is enough for HEAD. Redirects to other origins are never followed.
   */
  readonly follow: 'always' | 'unless-described';
}

/** Header names in lower case; repeated headers are joined as in RFC 9110. */
export type ReplyHeaders = Readonly<Record<string, string>>;

/** A body that has not been read. If it is not needed, call `destroy()`. */
export interface UnreadBody extends AsyncIterable<Uint8Array> {
  destroy(error?: Error): unknown;
}

/** The memory that a reply occupies. The memory for all of them is limited. */
export interface ReplyHold {
  /** Called by each response that uses the reply. Call the returned function when the response is sent. */
  claim(): () => void;
}

/** A response of a source. */
export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly headers: ReplyHeaders;
  /** The parsed body of a 2xx response if JSON was expected. If text was expected, a string with one character for each byte. */
  readonly json?: unknown;
  /** Present if the JSON or text is larger than 1 MiB. */
  readonly hold?: ReplyHold;
  /** Whether the JSON is larger than 16 MiB. */
  readonly isLarge?: boolean;
  /** The body of a 2xx response if a stream was expected. */
  readonly stream?: UnreadBody;
  /** The source's error message from `X-Error-Message` or the body, cut at 500 characters. */
  readonly message?: string;
  /** The field of the JSON that has the message; `undefined` if it is from a header or a text. */
  readonly messageField?: 'error' | 'message' | 'detail';
  /** Whether the body was compressed. Its decoded length is unknown then, so `Content-Length` is missing. */
  readonly isCoded?: true;
  /** Age in seconds if served from cache; `undefined` if fetched live. */
  readonly age?: number;
  /** How current the reply is; `undefined` if fetched live. */
  readonly freshness?: Freshness;
  /** The absolute target of a redirect that was not followed. */
  readonly location?: string;
}

/** Reasons for a missing response. */
export const FAILURE_CATEGORIES = [
  'timeout',
  'network',
  'unavailable',
  'rate-limited',
  'busy',
  'refused',
  'invalid',
  'aborted',
  'credentials-unreadable',
  'offline',
] as const;
export type FailureCategory = (typeof FAILURE_CATEGORIES)[number];

/**
 * No response, or an unusable one: HTML instead of JSON, or a body above the limit. `refused`: the hub does not connect to this address.
 * `busy`: the hub's own connections, or its memory for large replies, are in use. `credentials-unreadable`: no request was sent, because the source's
 * credentials cannot be decrypted. `offline`: no request was sent, because the administrator does not allow it.
 */
export interface Failure {
  readonly kind: 'failure';
  readonly category: FailureCategory;
  readonly message: string;
  /** The status if there was a response. */
  readonly status?: number;
  /** Whole seconds after which a retry may succeed. */
  readonly retryAfter?: number;
  /** Whether no connection to the source could be established, so that no other request would succeed either. */
  readonly isUnreachable?: boolean;
  /** Whether the client already uses its share of the hub's connections. */
  readonly isClientShare?: boolean;
}

/** An outcome, and whether the source rejected its token, so that a "not found" may only mean that access was denied. */
export type Outcome = (Reply | Failure) & {
  readonly tokenRejected?: boolean;
  /** Whether a user and password were rejected instead of a token. */
  readonly usesPassword?: boolean;
};

/** Abort reason of a request without response when a later source is ready to serve. Counts as a timeout. */
export const OVERTAKEN = 'passed over';
