import type { ReplyHeaders } from '../../domain/upstream.js';
import { limitedBuckets, reportedLimits } from './rate-limit-header.js';

/** Sources limit requests with a token and anonymous requests separately. */
export type Credential = 'token' | 'anonymous';

/** A time in which requests are not sent, because the source limits them. */
export interface Hold {
  /** The limited bucket; `null` for all requests. */
  readonly bucket: string | null;
  readonly credential: Credential;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The requests that a bucket has left. */
export interface Budget {
  readonly bucket: string;
  readonly credential: Credential;
  readonly remaining: number;
  /** Requests per window; `null` if the source does not report it. */
  readonly quota: number | null;
  /** Milliseconds since the epoch; `null` if the source does not report it. */
  readonly resetsAt: number | null;
}

/** Entries that a source could create with new names for buckets. */
const MAX_ENTRIES = 32;

/** The rate limits of one source: what it has reported, and which requests are held because of it. */
export class RateLimits {
  private readonly holds = new Map<string, Hold>();
  private readonly budgets = new Map<string, Budget>();

  /** @param now - a clock in milliseconds */
  constructor(private readonly now: () => number) {}

  /**
   * When requests of a bucket may be sent again; `undefined` if now.
   * @param bucket - `undefined` for sources whose limits do not depend on the request
   */
  heldUntil(bucket: string | undefined, credential: Credential): number | undefined {
    const ends = [this.holds.get(`${credential} `), this.holds.get(`${credential} ${bucket ?? ''}`)];
    const until = Math.max(...ends.map((hold) => hold?.until ?? 0));
    return until > this.now() ? until : undefined;
  }

  /** Holds requests after a 429: of the buckets that it names and of the request's own bucket, or all if it names none. */
  hold(headers: ReplyHeaders, bucket: string | undefined, credential: Credential, seconds: number): void {
    const until = this.now() + seconds * 1000;
    const named = bucket === undefined ? [] : limitedBuckets(headers);
    const held = bucket === undefined || named.length === 0 ? [null] : new Set([bucket, ...named]);
    if (this.holds.size >= MAX_ENTRIES) this.deleteEnded();
    for (const name of held) {
      const key = `${credential} ${name ?? ''}`;
      const end = Math.max(until, this.holds.get(key)?.until ?? 0);
      if (this.holds.size < MAX_ENTRIES) this.holds.set(key, { bucket: name, credential, until: end });
    }
  }

  /** Records the budgets that any reply reports. */
  recordBudgets(headers: ReplyHeaders, credential: Credential): void {
    if (headers['ratelimit'] === undefined) return;
    for (const { bucket, remaining, resetSeconds, quota = null } of reportedLimits(headers)) {
      const key = `${credential} ${bucket}`;
      if (remaining === undefined || (this.budgets.size >= MAX_ENTRIES && !this.budgets.has(key))) continue;
      const resetsAt = resetSeconds === undefined ? null : this.now() + resetSeconds * 1000;
      this.budgets.set(key, { bucket, credential, remaining, quota, resetsAt });
    }
  }

  /** The holds that have not ended. */
  activeHolds(): Hold[] {
    return [...this.holds.values()].filter(({ until }) => until > this.now());
  }

  /** The budgets whose window has not ended. */
  currentBudgets(): Budget[] {
    return [...this.budgets.values()].filter(({ resetsAt }) => resetsAt === null || resetsAt > this.now());
  }

  /** Ends all holds. */
  reset(): void {
    this.holds.clear();
  }

  private deleteEnded(): void {
    for (const [key, { until }] of this.holds) if (until <= this.now()) this.holds.delete(key);
  }
}
