/** Requests of a client per minute. */
export interface RateAllowance {
  /** For an account, from all its addresses together. */
  readonly account: number;
  /** For the anonymous callers at an address; an IPv6 /64 network counts as one address. Undefined if they cannot use the routes. */
  readonly anonymous?: number;
}

/**
 * The limits of requests that cost more than a read of a file. They are far above what clients need, because a company may share one
 * address.
 */
export const RATE_CLASSES = {
  /** Lists and searches, which also request the sources. */
  search: { account: 3000, anonymous: 1200 },
  /** Requests whose body is checked or looked up in the database: paths-info, preupload, LFS batches, cards. */
  check: { account: 6000, anonymous: 1800 },
  /** Requests that change something. */
  write: { account: 3000 },
} satisfies Record<string, RateAllowance>;

export type RateClass = keyof typeof RATE_CLASSES;
