import type { ReplyHeaders } from '../../domain/upstream.js';
import { limitedBuckets } from './rate-limit-header.js';
import { RequestBudgets, type Budget, type Credential } from './request-budgets.js';

/** A time in which requests are not sent, because the source limits them. */
export interface Hold {
  /** The limited bucket; `null` for all requests. */
  readonly bucket: string | null;
  readonly credential: Credential;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Entries that a source could create with new names for buckets. */
const MAX_ENTRIES = 32;

/** The rate limits of one source: what it has reported, and which requests are held because of it. */
export class RateLimits {
  private readonly holds = new Map<string, Hold>();
  private readonly budgets: RequestBudgets;

  /**
   * @param now - a clock in milliseconds
   * @param onChange - called when the source has reported something; `isUrgent` if requests are held because of it
   */
  constructor(
    private readonly now: () => number,
    private readonly onChange: (isUrgent: boolean) => void = () => undefined,
  ) {
    this.budgets = new RequestBudgets(now);
  }

  /**
   * When requests of a bucket may be sent again; `undefined` if now.
   * @param bucket - `undefined` for sources whose limits do not depend on the request
   */
  heldUntil(bucket: string | undefined, credential: Credential): number | undefined {
    const ends = [this.holds.get(`${credential} `), this.holds.get(`${credential} ${bucket ?? ''}`)];
    const until = Math.max(
      ...ends.map((hold) => hold?.until ?? 0),
      this.budgets.exhaustedUntil(bucket, credential) ?? 0,
    );
    return until > this.now() ? until : undefined;
  }

  /** Like `heldUntil` for background work, which stops while little of the budget is left. */
  backgroundHeldUntil(bucket: string | undefined, credential: Credential): number | undefined {
    return this.heldUntil(bucket, credential) ?? this.budgets.reservedUntil(bucket, credential);
  }

  /** Counts a request that is about to be sent. */
  take(bucket: string | undefined, credential: Credential): void {
    this.budgets.take(bucket, credential);
  }

  /** Holds requests after a 429: of the buckets that it names and of the request's own bucket, or all if it names none. */
  hold(headers: ReplyHeaders, bucket: string | undefined, credential: Credential, seconds: number): void {
    const until = this.now() + seconds * 1000;
    const named = bucket === undefined ? [] : limitedBuckets(headers);
    const held = bucket === undefined || named.length === 0 ? [null] : new Set([bucket, ...named]);
    for (const name of held) this.addHold({ bucket: name, credential, until });
    this.onChange(true);
  }

  /** Records the budgets that any reply reports. */
  recordBudgets(headers: ReplyHeaders, bucket: string | undefined, credential: Credential): void {
    const before = this.backgroundHeldUntil(bucket, credential);
    if (!this.budgets.record(headers, credential)) return;
    this.onChange((before === undefined) !== (this.backgroundHeldUntil(bucket, credential) === undefined));
  }

  /** The holds that have not ended. */
  activeHolds(): Hold[] {
    return [...this.holds.values()].filter(({ until }) => until > this.now());
  }

  /** The budgets whose window has not ended. */
  currentBudgets(): Budget[] {
    return this.budgets.current();
  }

  /** Takes over what another replica has learned. */
  adopt(holds: readonly Hold[], budgets: readonly Budget[]): void {
    for (const hold of holds) this.addHold(hold);
    this.budgets.adopt(budgets);
  }

  /** Ends all holds, and deletes the budgets. */
  reset(): void {
    this.holds.clear();
    this.budgets.clear();
  }

  private addHold({ bucket, credential, until }: Hold): void {
    if (this.holds.size >= MAX_ENTRIES) this.deleteEnded();
    const key = `${credential} ${bucket ?? ''}`;
    const end = Math.max(until, this.holds.get(key)?.until ?? 0);
    if (this.holds.size < MAX_ENTRIES) this.holds.set(key, { bucket, credential, until: end });
  }

  private deleteEnded(): void {
    for (const [key, { until }] of this.holds) if (until <= this.now()) this.holds.delete(key);
  }
}
