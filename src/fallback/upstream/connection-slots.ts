/** The part of the slots that anonymous clients cannot use, as in `FairPool`. */
const RESERVED_FOR_ACCOUNTS = 1 / 4;

export interface SlotRequest {
  /** The client and the repository of the request, which may only use a part of the slots each. */
  readonly shares: readonly string[];
  /** Whether the request is for a client that is not signed in. */
  readonly isAnonymous?: boolean;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Maximum wait in milliseconds. */
  readonly waitMs: number;
}

/** Returns the slot. Further calls have no effect. */
export type ReleaseSlot = () => void;

type SharesOf = Pick<SlotRequest, 'shares' | 'isAnonymous'>;

interface Waiter extends SharesOf {
  readonly grant: (release: ReleaseSlot) => void;
}

/**
 * The connections that may be in use at the same time. A client, or a repository, may use as many as are free: at most
 * half of them, so that others always find some. Anonymous clients leave a quarter to accounts. Requests that wait get a slot in the order of what their client already uses, then of arrival.
 */
export class ConnectionSlots {
  private inUse = 0;
  private readonly active = new Map<string, number>();
  private readonly waiting = new Set<Waiter>();

  constructor(private readonly capacity: number) {}

  get isIdle(): boolean {
    return this.inUse === 0 && this.waiting.size === 0;
  }

  /** Whether a client or repository has slots. */
  isUsedBy(share: string): boolean {
    return this.activeOf(share) > 0;
  }

  /** Waits for a slot. `undefined` if none becomes free in time, or too many requests of the same client or repository wait already. */
  acquire(request: SlotRequest): Promise<ReleaseSlot | undefined> {
    const { shares, signal } = request;
    if (signal.aborted) return Promise.resolve(undefined);
    if (this.mayUse(request)) return Promise.resolve(this.take(shares));
    if (shares.some((share) => this.waitersOf(share) >= this.capacity)) return Promise.resolve(undefined);
    return this.wait(request);
  }

  private wait({ shares, isAnonymous, signal, waitMs }: SlotRequest): Promise<ReleaseSlot | undefined> {
    return new Promise((resolve) => {
      const settle = (release: ReleaseSlot | undefined): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.waiting.delete(waiter);
        resolve(release);
      };
      const giveUp = (): void => settle(undefined);
      const waiter: Waiter = { shares, isAnonymous, grant: settle };
      const timer = setTimeout(giveUp, waitMs);
      signal.addEventListener('abort', giveUp, { once: true });
      this.waiting.add(waiter);
    });
  }

  private mayUse({ shares, isAnonymous }: SharesOf): boolean {
    const reserved = isAnonymous ? this.capacity * RESERVED_FOR_ACCOUNTS : 0;
    const free = this.capacity - this.inUse - reserved;
    return free > 0 && shares.every((share) => this.activeOf(share) < free);
  }

  private take(shares: readonly string[]): ReleaseSlot {
    this.inUse++;
    for (const share of shares) this.active.set(share, this.activeOf(share) + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.inUse--;
      for (const share of shares) this.decrease(share);
      this.grantNext();
    };
  }

  private decrease(share: string): void {
    const rest = this.activeOf(share) - 1;
    if (rest === 0) this.active.delete(share);
    else this.active.set(share, rest);
  }

  private grantNext(): void {
    for (;;) {
      const next = this.nextWaiter();
      if (!next) return;
      next.grant(this.take(next.shares));
    }
  }

  private nextWaiter(): Waiter | undefined {
    let next: { readonly waiter: Waiter; readonly used: number } | undefined;
    for (const waiter of this.waiting) {
      if (!this.mayUse(waiter)) continue;
      const used = Math.max(0, ...waiter.shares.map((share) => this.activeOf(share)));
      if (!next || used < next.used) next = { waiter, used };
    }
    return next?.waiter;
  }

  private activeOf(share: string): number {
    return this.active.get(share) ?? 0;
  }

  private waitersOf(share: string): number {
    return [...this.waiting].filter(({ shares }) => shares.includes(share)).length;
  }
}
