import { isAnonymousClient, type ClientKey } from '../../domain/client-key.js';

/** The part of a pool that anonymous clients cannot use, so that signed-in users are served while others use up the rest. */
const RESERVED_FOR_ACCOUNTS = 1 / 4;

/** The reason for a refusal: the client has its share already, or the pool is used up by others. */
export type PoolRefusal = 'share' | 'full';

/**
 * A limited quantity that clients share, such as bytes of memory. A client may have at most as much as remains free: a single one at most
 * half of the pool, two a third each. So there is always something left for the next client, without fixed shares.
 */
export class FairPool {
  private used = 0;
  private readonly held = new Map<ClientKey, number>();
  private readonly waiters = new Set<() => void>();

  /** @param maxPerClient - limits the share further */
  constructor(
    private readonly capacity: number,
    private readonly maxPerClient = Infinity,
  ) {}

  /** The quantity that is in use. */
  get inUse(): number {
    return this.used;
  }

  /** Takes a quantity, or returns why the client cannot have it now. */
  take(client: ClientKey, amount: number): PoolRefusal | undefined {
    const held = this.held.get(client) ?? 0;
    const reserved = isAnonymousClient(client) ? this.capacity * RESERVED_FOR_ACCOUNTS : 0;
    const remaining = this.capacity - reserved - this.used - amount;
    if (held + amount > Math.min(remaining, this.maxPerClient)) return held > 0 ? 'share' : 'full';
    this.used += amount;
    this.held.set(client, held + amount);
    return undefined;
  }

  /** Takes a quantity as soon as the client can have it, or returns why it could not when the signal aborts. */
  async waitFor(client: ClientKey, amount: number, signal: AbortSignal): Promise<PoolRefusal | undefined> {
    for (;;) {
      const reason = this.take(client, amount);
      if (!reason || signal.aborted) return reason;
      await this.nextRelease(signal);
    }
  }

  /** Returns a quantity that was taken. */
  release(client: ClientKey, amount: number): void {
    this.used -= amount;
    const rest = (this.held.get(client) ?? 0) - amount;
    if (rest > 0) this.held.set(client, rest);
    else this.held.delete(client);
    for (const wake of this.waiters) wake(); // in the order in which they began to wait
  }

  private nextRelease(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiters.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiters.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
