import type { ClientKey } from '../../domain/client-key.js';
/** The context of a request to a source. */
export interface SendContext {
  /** Aborted when the caller no longer waits for the reply. */
  readonly signal: AbortSignal;
  /** Entries of the incoming `Via` header. */
  readonly via: readonly string[];
  /** Deadline for the reply (`performance.now()`). A streamed body may continue after it. */
  readonly deadlineAt?: number;
  /** When the request began, before it waited for a connection (`performance.now()`). */
  readonly startedAt?: number;
  /** The client on whose behalf the request is sent, which may only use a part of the connections. */
  readonly client?: ClientKey;
  /** The repository or account that the request is about. Its failures do not count for others (invariant 11). */
  readonly subject?: string;
  /** The ETag of the reply that the hub has, so that the source can respond with 304. */
  readonly ifNoneMatch?: string | undefined;
  /**
   * No person waits for the reply. While less than a third of the source's request budget is left, such requests are not sent, and fail as
   * `rate-limited` (`SharedRateLimits`).
   */
  readonly isBackground?: boolean | undefined;
  /** Whether the source is asked even if a stored reply is fresh. It is still used if the source does not respond. */
  readonly mustAsk?: boolean | undefined;
  /** Whether a person waits for the body of a background request by now, for example because two read the same file. */
  readonly isAwaited?: (() => boolean) | undefined;
}
