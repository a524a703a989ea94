import { StepBudget } from '../../domain/pattern-matcher.js';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';

/** Steps of matching in one request, and more for each file. Real files need less than a hundredth of it. */
const MIN_STEPS = 20_000_000;
const STEPS_FOR_EACH_FILE = 5_000;
/** Steps of matching one file, which take up to 10 ms. */
const MAX_STEPS_PER_FILE = 500_000;

/** Limits the work of matching the files of a request against patterns, and gives other requests turns between files. */
export class MatchingTurns {
  private readonly total: StepBudget;
  private readonly turns = new EventLoopTurns();

  constructor(fileCount: number) {
    this.total = new StepBudget(MIN_STEPS + fileCount * STEPS_FOR_EACH_FILE);
  }

  /** The budget for the next file. */
  async next(): Promise<StepBudget> {
    await this.turns.next();
    return new StepBudget(MAX_STEPS_PER_FILE, this.total);
  }
}
