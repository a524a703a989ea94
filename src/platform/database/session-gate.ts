/**
 * PGlite is one backend session. Whoever talks to it keeps it until its transaction is over; the others wait in line, so nobody's
 * statement lands in somebody else's transaction.
 */
export class SessionGate {
  private owner: object | undefined;
  private readonly waiting: { who: object; go: () => void }[] = [];

  /** Resolves when the session is `who`'s; at once when it is already. */
  async enter(who: object): Promise<void> {
    if (this.owner === who) return;
    if (!this.owner) {
      this.owner = who;
      return;
    }
    await new Promise<void>((go) => this.waiting.push({ who, go }));
  }

  /** Hands the session to the next in line; does nothing when it is not `who`'s. */
  leave(who: object): void {
    if (this.owner !== who) return;
    const next = this.waiting.shift();
    this.owner = next?.who;
    next?.go();
  }

  owns(who: object): boolean {
    return this.owner === who;
  }
}
