import type { ReplyHeaders } from '../../domain/upstream.js';
import { reportedLimits } from './rate-limit-header.js';
import { MAX_HOLD_SECONDS } from './retry-after.js';

/** Sources limit requests with a token and anonymous requests separately. */
export type Credential = 'token' | 'anonymous';

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

interface Entry extends Budget {
  /** When the source reported it. */
  readonly at: number;
  /** Requests that were sent since, and that its next reply will include. */
  readonly sent: number;
}

/** The part of a quota that background work leaves to the requests of people. */
export const RESERVED_SHARE = 0.3;
/** Requests that are reserved if the source does not report its quota. */
const RESERVED_REQUESTS = 10;
/** How long a budget is relied on whose source does not report the end of its window. */
const UNKNOWN_WINDOW_MS = 60_000;
/** Entries that a source could create with new names for buckets. */
const MAX_ENTRIES = 32;

/** The request budgets of one source, learned from its `RateLimit` headers. */
export class RequestBudgets {
  private readonly entries = new Map<string, Entry>();

  /** @param now - a clock in milliseconds */
  constructor(private readonly now: () => number) {}

  /** Records the budgets that any reply reports. Returns whether there are any. */
  record(headers: ReplyHeaders, credential: Credential): boolean {
    if (headers['ratelimit'] === undefined) return false;
    for (const { bucket, remaining, resetSeconds, quota = null } of reportedLimits(headers)) {
      if (remaining === undefined) continue;
      const resetsAt = resetSeconds === undefined ? null : this.now() + resetSeconds * 1000;
      this.set({ bucket, credential, remaining, quota, resetsAt });
    }
    return true;
  }

  /** Counts a request that is about to be sent. */
  take(bucket: string | undefined, credential: Credential): void {
    for (const entry of this.of(bucket, credential)) this.entries.set(keyOf(entry), { ...entry, sent: entry.sent + 1 });
  }

  /** When requests of a bucket may be sent again because it is exhausted; `undefined` if now. */
  exhaustedUntil(bucket: string | undefined, credential: Credential): number | undefined {
    const found = this.of(bucket, credential);
    const counts = bucket !== undefined || found.length === 1; // it is not known which of several buckets applies
    return counts ? this.endOf(found.filter(({ remaining }) => remaining === 0)) : undefined;
  }

  /** When background work may send requests again, because the rest of the budget is reserved for people; `undefined` if now. */
  reservedUntil(bucket: string | undefined, credential: Credential): number | undefined {
    return this.endOf(this.of(bucket, credential).filter(isReserved));
  }

  /** The budgets whose window has not ended. */
  current(): Budget[] {
    const current = [...this.entries.values()].filter(({ resetsAt }) => resetsAt === null || resetsAt > this.now());
    return current.map(({ at: _at, sent: _sent, ...budget }) => budget);
  }

  /** Takes over what another replica has learned. */
  adopt(budgets: readonly Budget[]): void {
    for (const budget of budgets) this.set(budget);
  }

  clear(): void {
    this.entries.clear();
  }

  private set(budget: Budget): void {
    const key = keyOf(budget);
    if (this.entries.size < MAX_ENTRIES || this.entries.has(key))
      this.entries.set(key, { ...budget, at: this.now(), sent: 0 });
  }

  private of(bucket: string | undefined, credential: Credential): Entry[] {
    if (bucket === undefined) return [...this.entries.values()].filter((entry) => entry.credential === credential);
    const entry = this.entries.get(keyOf({ bucket, credential }));
    return entry ? [entry] : [];
  }

  /** The end of the last window. Limited, because the source could report any time. */
  private endOf(entries: readonly Entry[]): number | undefined {
    const ends = entries.map(({ at, resetsAt }) =>
      Math.min(resetsAt ?? at + UNKNOWN_WINDOW_MS, at + MAX_HOLD_SECONDS * 1000),
    );
    const end = Math.max(0, ...ends);
    return end > this.now() ? end : undefined;
  }
}

const isReserved = ({ remaining, sent, quota }: Entry): boolean =>
  remaining - sent <= (quota === null ? RESERVED_REQUESTS : quota * RESERVED_SHARE);

const keyOf = ({ bucket, credential }: Pick<Budget, 'bucket' | 'credential'>): string => `${credential} ${bucket}`;
