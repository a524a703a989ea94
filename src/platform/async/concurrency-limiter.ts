/** Runs at most `concurrency` tasks at a time. */
export class ConcurrencyLimiter {
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly concurrency: number) {}

  /**
   * Resolves when the task has started, which may require waiting for a running one to finish.
   * @throws the error of a task that failed earlier: failed tasks are kept, so that no further task starts
   */
  async start(task: () => Promise<void>): Promise<void> {
    while (this.running.size >= this.concurrency) await Promise.race(this.running);
    const run = task();
    this.running.add(run);
    // A failure is reported to the next caller that waits; until then it must not be an unhandled rejection.
    run.then(
      () => this.running.delete(run),
      () => undefined,
    );
  }

  /**
   * Resolves when all tasks have succeeded.
   * @throws the error of a failed task
   */
  async drain(): Promise<void> {
    await Promise.all(this.running);
  }

  /** Resolves when all tasks have finished, whether they succeeded or failed. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.running);
  }
}
