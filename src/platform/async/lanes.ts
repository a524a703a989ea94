/** Lets some works go on at once: the next one begins when a lane is free. */
export class Lanes {
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly width: number) {}

  /** Resolves when the work has begun. @throws what an earlier work threw: it stays in its lane */
  async enter(work: () => Promise<void>): Promise<void> {
    while (this.running.size >= this.width) await Promise.race(this.running);
    const run = work();
    this.running.add(run);
    // a failure is told by whoever waits next; until then it is nobody's, and must not end the process
    run.then(
      () => this.running.delete(run),
      () => undefined,
    );
  }

  /** Resolves when all works are done. @throws what one of them threw */
  async empty(): Promise<void> {
    await Promise.all(this.running);
  }

  /** Resolves when no work goes on any more, however it ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.running);
  }
}
