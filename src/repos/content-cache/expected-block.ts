import { MAX_BLOCKS_BEHIND } from './fill-runs.js';

/** If no block was stored for this long, the process that fills the file does not get on, or waits on purpose, as background downloads do. */
export const STALLED_MS = 30_000;

/** Decides whether a reader waits for a block that another process may store soon. */
export class ExpectedBlock {
  private index: number | undefined;
  private storedAtFirst = 0;
  private storedLast = 0;
  private changedAt = 0;

  /**
   * Whether the process that fills the file seems to come to a block: it is near a stored one, blocks are being stored, and not more since the reader began to
   * wait for it than can be before it.
   * @param stored - the blocks that are stored now
   * @param now - milliseconds of a monotonic clock
   */
  isComing(index: number, stored: ReadonlySet<number>, now: number): boolean {
    if (index !== this.index || stored.size !== this.storedLast) this.changedAt = now;
    if (index !== this.index) this.storedAtFirst = stored.size;
    [this.index, this.storedLast] = [index, stored.size];
    return (
      followsStored(index, stored) &&
      stored.size - this.storedAtFirst <= MAX_BLOCKS_BEHIND &&
      now - this.changedAt < STALLED_MS
    );
  }
}

/** Whether one of the blocks just before is stored, or the file begins there. */
function followsStored(index: number, stored: ReadonlySet<number>): boolean {
  for (let before = index - 1; before >= index - 1 - MAX_BLOCKS_BEHIND; before--)
    if (before < 0 || stored.has(before)) return true;
  return false;
}
