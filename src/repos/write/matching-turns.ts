import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { StepBudget } from '../../domain/pattern-matcher.js';

/** Steps of matching in one request, and more for each file. Real files need less than a hundredth of it. */
const MIN_STEPS = 20_000_000;
const STEPS_FOR_EACH_FILE = 5_000;
/** Steps of matching one file, which takes up to 40 ms. */
const MAX_STEPS_PER_FILE = 2_000_000;
/** Files and steps of matching before other requests get a turn on the event loop. */
const FILES_PER_TURN = 20;
const STEPS_PER_TURN = 1_000_000;

/** Limits the work of matching the files of a request against patterns, and gives other requests turns between files. */
export class MatchingTurns {
  private readonly total: StepBudget;
  private files = 0;
  private turnEnd = 0;

  constructor(fileCount: number) {
    this.total = new StepBudget(MIN_STEPS + fileCount * STEPS_FOR_EACH_FILE);
  }

  /** The budget for the next file. */
  async next(): Promise<StepBudget> {
    if (this.files % FILES_PER_TURN === 0 || this.total.spent > this.turnEnd) {
      await yieldToEventLoop();
      this.turnEnd = this.total.spent + STEPS_PER_TURN;
    }
    this.files += 1;
    return new StepBudget(MAX_STEPS_PER_FILE, this.total);
  }
}
