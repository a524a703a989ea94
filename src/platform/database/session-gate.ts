/**
 * Shares the single session of PGlite between clients. A client keeps the session until its transaction has ended, so that no statement
 * runs in the transaction of another client.
 */
export class SessionGate {
  private owner: object | undefined;
  private readonly waiting: { client: object; resume: () => void }[] = [];

  /** Resolves when the client owns the session. */
  async enter(client: object): Promise<void> {
    if (this.owner === client) return;
    if (!this.owner) {
      this.owner = client;
      return;
    }
    await new Promise<void>((resume) => this.waiting.push({ client, resume }));
  }

  /** Passes the session to the next waiting client. Does nothing if the client does not own the session. */
  leave(client: object): void {
    if (this.owner !== client) return;
    const next = this.waiting.shift();
    this.owner = next?.client;
    next?.resume();
  }

  owns(client: object): boolean {
    return this.owner === client;
  }
}
