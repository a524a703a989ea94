import { HubError } from './hub-error.js';

/** One symbol, given as its code or as a test; any number of symbols; or any number of folders with the slash after each. */
export type PatternStep =
  | { readonly kind: 'one' | 'many'; readonly accepts: (symbol: number) => boolean }
  | { readonly kind: 'literal'; readonly symbol: number }
  | { readonly kind: 'folders' };

export const SLASH = 0x2f;

/** Limits the work of matching patterns against texts. Shared by everything that a request matches. */
export class StepBudget {
  private used = 0;

  /**
   * @param limit - maximum number of steps, each of which takes a few nanoseconds
   * @param total - a larger budget that this one is part of
   */
  constructor(
    private readonly limit: number,
    private readonly total?: StepBudget,
  ) {}

  /** @throws HubError `BadRequest` if the limit is exceeded */
  spend(steps: number): void {
    this.used += steps;
    this.total?.spend(steps);
    if (this.used > this.limit)
      throw new HubError('BadRequest', 'The patterns take too long to match. Use fewer or simpler patterns.');
  }

  /** The number of steps so far. */
  get spent(): number {
    return this.used;
  }
}

/**
 * Matches whole texts against a pattern. All alternatives are followed at the same time, and none twice: the work is at most the length of
 * the pattern times the length of the text, for every pattern. There is no backtracking.
 */
export class PatternMatcher {
  /** For each position in the pattern, the last text position at which it was reached. */
  private readonly reachedAt: Int32Array;
  private positions: number[] = [];
  private nextPositions: number[] = [];

  constructor(private readonly steps: readonly PatternStep[]) {
    this.reachedAt = new Int32Array(steps.length + 1);
  }

  /**
   * @param symbols - bytes or code points
   * @throws HubError as `StepBudget.spend`
   */
  matches(symbols: ArrayLike<number>, budget: StepBudget): boolean {
    this.reachedAt.fill(-1);
    this.nextPositions = [];
    this.reach(0, 0);
    for (let at = 0; at < symbols.length; at += 1) {
      [this.positions, this.nextPositions] = [this.nextPositions, this.positions];
      if (this.positions.length === 0) return false;
      budget.spend(this.positions.length);
      this.nextPositions.length = 0;
      for (const position of this.positions) this.advance(position, symbols[at]!, at + 1);
    }
    return this.reachedAt[this.steps.length] === symbols.length;
  }

  private advance(position: number, symbol: number, at: number): void {
    const step = this.steps[position];
    if (step === undefined) return; // after the last step, with text left
    if (step.kind === 'literal') {
      if (step.symbol === symbol) this.reach(position + 1, at);
    } else if (step.kind === 'folders') {
      this.stay(position, at);
      if (symbol === SLASH) this.reach(position + 1, at);
    } else if (step.accepts(symbol)) this.reach(step.kind === 'many' ? position : position + 1, at);
  }

  /** Also reaches the positions after steps that can match nothing. */
  private reach(position: number, at: number): void {
    for (let next = position; this.reachedAt[next] !== at; next += 1) {
      this.stay(next, at);
      const kind = this.steps[next]?.kind;
      if (kind !== 'many' && kind !== 'folders') return;
    }
  }

  /** Stays between folders, where what follows cannot match before the next slash. */
  private stay(position: number, at: number): void {
    if (this.reachedAt[position] === at) return;
    this.reachedAt[position] = at;
    this.nextPositions.push(position);
  }
}
