import type { FillRun } from './fill-run.js';

/** A reader joins a run that is at most this many blocks before it. Otherwise a new run begins. */
export const MAX_BLOCKS_BEHIND = 4;

/** The runs of a fill that are in progress. */
export class FillRuns {
  private readonly runs = new Set<FillRun>();

  constructor(private readonly blockBytes: number) {}

  get isEmpty(): boolean {
    return this.runs.size === 0;
  }

  /** Bytes of blocks that have arrived in part. */
  get unstoredBytes(): number {
    return [...this.runs].reduce((sum, { position, start }) => sum + ((position - start) % this.blockBytes), 0);
  }

  add(run: FillRun): void {
    this.runs.add(run);
  }

  delete(run: FillRun): void {
    this.runs.delete(run);
  }

  /** The run that has the byte at an offset, or will have it soon. */
  at(offset: number): FillRun | undefined {
    const distance = MAX_BLOCKS_BEHIND * this.blockBytes;
    return [...this.runs].find(
      ({ start, until, position, signal }) =>
        start <= offset && offset < until && offset - position <= distance && !signal.aborted,
    );
  }

  /** Continues readers that wait for bytes. */
  wake(): void {
    for (const run of this.runs) run.wake();
  }

  abort(condition: (run: FillRun) => boolean): void {
    for (const run of this.runs) if (condition(run)) run.abort();
  }
}
