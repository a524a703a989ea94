/**
 * Whether a replica may answer from its memory: a lease that runs out by itself, so that a process which was stopped, starved or cut
 * off believes nothing for longer than the others wait for it.
 */
export class Touch {
  private until = -Infinity;
  /** Odd while it is held. */
  private changes = 0;

  /** @param clock milliseconds that only go forward */
  constructor(
    private readonly leaseMs: number,
    private readonly clock: () => number,
  ) {}

  get isHeld(): boolean {
    return this.period % 2 === 1;
  }

  /** Another number whenever it was lost or found. */
  get period(): number {
    if (this.changes % 2 === 1 && this.clock() >= this.until) this.changes += 1;
    return this.changes;
  }

  /** All that was told until `since` is known. */
  find(since: number): void {
    this.lose();
    this.changes += 1;
    this.until = since + this.leaseMs;
  }

  /** Holds it for longer; one that is lost has to be found. */
  renew(since: number): void {
    if (this.isHeld) this.until = Math.max(this.until, since + this.leaseMs);
  }

  lose(): void {
    if (this.isHeld) this.changes += 1;
  }
}
