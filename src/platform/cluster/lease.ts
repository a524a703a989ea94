/**
 * Permission of a replica to serve from its cache. The lease expires automatically: a replica that was suspended, short of CPU time or
 * disconnected stops using its cache before the other replicas stop waiting for it.
 */
export class Lease {
  private expiresAt = -Infinity;
  /** Odd while the lease is held. */
  private currentEpoch = 0;

  /** @param clock - monotonic clock in milliseconds */
  constructor(
    private readonly leaseMs: number,
    private readonly clock: () => number,
  ) {}

  get isHeld(): boolean {
    return this.epoch % 2 === 1;
  }

  /** Changes whenever the lease is lost or acquired. */
  get epoch(): number {
    if (this.currentEpoch % 2 === 1 && this.clock() >= this.expiresAt) this.currentEpoch += 1;
    return this.currentEpoch;
  }

  /** @param since - time up to which all messages have been applied */
  acquire(since: number): void {
    this.release();
    this.currentEpoch += 1;
    this.expiresAt = since + this.leaseMs;
  }

  /** Extends the lease if it is still held; an expired lease must be acquired again. */
  renew(since: number): void {
    if (this.isHeld) this.expiresAt = Math.max(this.expiresAt, since + this.leaseMs);
  }

  release(): void {
    if (this.isHeld) this.currentEpoch += 1;
  }
}
