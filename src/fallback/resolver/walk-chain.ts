import type { AttemptCategory, Verdict } from '../../domain/attempt.js';
import { OVERTAKEN } from '../../domain/upstream.js';

/** What the walker needs to know of a source. */
export interface Candidate {
  readonly onError: 'next' | 'fail';
}

/** What the walker needs to know of an attempt. */
export interface Step {
  readonly verdict: Verdict;
  readonly category: AttemptCategory;
}

export interface ChainPlan<C extends Candidate, S extends Step> {
  /** In the order in which they count. */
  readonly candidates: readonly C[];
  /** Context one source; settles soon after its signal aborts. It does not reject: if it does, the walk ends with its error. */
  readonly probe: (candidate: C, signal: AbortSignal) => Promise<S>;
  /** The next source is asked as well when the last one asked has been silent for so long; 0: strictly one by one. */
  readonly hedgeMs: number;
  /** Sources asked at the same time. */
  readonly maxConcurrent: number;
  /** Calls back after some milliseconds; returns what cancels it. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

export interface ChainWalk<S extends Step> {
  /** The attempts that count, in the order of their sources. */
  readonly attempts: readonly S[];
  /** The last of the attempts, when it serves or propagates. */
  readonly chosen?: S;
}

/** A source that is silent for so many hedges gives way to a later one that serves. */
export const MAX_SILENT_HEDGES = 4;

/** Did the source fail to answer, rather than say no? Then what it would have said is not known. */
export const isInconclusive = (step: Step): boolean => step.verdict === 'next' && !DEFINITIVE.has(step.category);

const DEFINITIVE: ReadonlySet<AttemptCategory> = new Set(['not-found', 'auth', 'disabled', 'forbidden']);

/**
 * Context sources in priority order until one serves or propagates. A slow source delays the answer by little: after the hedge the next
 * is asked as well, and whoever answers first, the earlier source's answer wins (law 2). One that stays silent although a later one
 * could serve is passed over, unless its `onError` is `fail`: then no later source is asked before it has answered, nor at all when
 * it cannot.
 */
export function walkChain<C extends Candidate, S extends Step>(plan: ChainPlan<C, S>): Promise<ChainWalk<S>> {
  return new Promise((resolve, reject) => new Walk(plan, resolve, reject).advance());
}

interface Probe {
  readonly controller: AbortController;
  patient: boolean;
  readonly cancelTimer: () => void;
}

class Walk<C extends Candidate, S extends Step> {
  private readonly steps: (S | undefined)[] = [];
  private readonly running = new Map<number, Probe>();
  private cancelHedge: (() => void) | undefined;
  private nextIsDue = false;
  private done = false;

  constructor(
    private readonly plan: ChainPlan<C, S>,
    private readonly finish: (walked: ChainWalk<S>) => void,
    private readonly fail: (error: unknown) => void,
  ) {}

  /** Ends the walk when its outcome is certain; otherwise asks the next source when it is that one's turn. */
  advance(): void {
    if (this.done) return;
    for (const [at, candidate] of this.plan.candidates.entries()) {
      const step = this.steps[at];
      if (!step) return this.goOn();
      if (step.verdict !== 'next') return this.end(at, step);
      if (candidate.onError === 'fail' && isInconclusive(step)) return this.end(at);
    }
    this.end(this.plan.candidates.length - 1);
  }

  private goOn(): void {
    this.passOverTheSilent();
    const last = this.steps.at(-1);
    if (this.steps.length === 0 || last?.verdict === 'next' || this.nextIsDue) this.askNext();
  }

  /** Context the next source, or remembers that it is its turn as soon as there is a place for it. */
  private askNext(): void {
    const { candidates, maxConcurrent } = this.plan;
    this.nextIsDue = true;
    if (this.steps.length === candidates.length || this.running.size >= maxConcurrent || this.isBarred()) return;
    this.nextIsDue = false;
    this.ask(this.steps.length);
  }

  /** Is a later source's answer not wanted: one before it serves already, or must be heard first and was not? */
  private isBarred(): boolean {
    return this.steps.some((step, at) => {
      const mustBeHeard = this.plan.candidates[at]!.onError === 'fail';
      return step ? step.verdict !== 'next' || (mustBeHeard && isInconclusive(step)) : mustBeHeard;
    });
  }

  private ask(at: number): void {
    const { hedgeMs, after, probe, candidates } = this.plan;
    const controller = new AbortController();
    const cancelTimer = hedgeMs > 0 ? after(hedgeMs * MAX_SILENT_HEDGES, () => this.losePatience(at)) : () => {};
    this.steps[at] = undefined;
    this.running.set(at, { controller, patient: true, cancelTimer });
    this.cancelHedge?.();
    this.cancelHedge = hedgeMs > 0 && at + 1 < candidates.length ? after(hedgeMs, () => this.askNext()) : undefined;
    const settled = (then: () => void): void => {
      this.running.delete(at);
      cancelTimer();
      then();
    };
    probe(candidates[at]!, controller.signal).then(
      (step) => settled(() => this.hear(at, step)),
      (error: unknown) => settled(() => this.breakOff(error)),
    );
  }

  private hear(at: number, step: S): void {
    this.steps[at] = step;
    this.advance();
  }

  private breakOff(error: unknown): void {
    this.stop();
    this.fail(error);
  }

  private losePatience(at: number): void {
    this.running.get(at)!.patient = false;
    this.passOverTheSilent();
  }

  private passOverTheSilent(): void {
    const serving = this.steps.findIndex((step) => step !== undefined && step.verdict !== 'next');
    for (const [at, { patient, controller }] of this.running)
      if (at < serving && !patient && this.plan.candidates[at]!.onError === 'next') controller.abort(OVERTAKEN);
  }

  private end(last: number, chosen?: S): void {
    this.stop();
    this.finish({ attempts: this.steps.slice(0, last + 1) as S[], chosen });
  }

  private stop(): void {
    this.done = true;
    this.cancelHedge?.();
    for (const { controller, cancelTimer } of this.running.values()) {
      cancelTimer();
      controller.abort();
    }
  }
}
