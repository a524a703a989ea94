import type { AttemptCategory, Verdict } from '../../domain/attempt.js';
import { OVERTAKEN } from '../../domain/upstream.js';
import { isDefinitiveNotFound } from './definitive-answer.js';

/** The properties of a source that the walker uses. */
export interface Candidate {
  readonly onError: 'next' | 'fail';
  readonly isUnreadable?: boolean;
  readonly namespace?: string;
  readonly include?: readonly string[];
}

/**
 * Whether later sources are only tried if this one certainly does not have what was requested. Also applies to a source for certain names whose credentials cannot be
 * decrypted, so that these names are not sent to other sources until an administrator notices.
 */
const isDecisive = ({ onError, isUnreadable, namespace = '', include = [] }: Candidate): boolean =>
  onError === 'fail' || (isUnreadable === true && (namespace !== '' || include.length > 0));

/** Whether no later source is tried after this reply, although it does not serve. */
export const endsWalk = (candidate: Candidate, step: Step): boolean =>
  step.verdict === 'propagate' || step.category === 'busy' || (isDecisive(candidate) && mayHaveIt(step));

const mayHaveIt = (step: Step): boolean => step.verdict === 'next' && !isDefinitiveNotFound(step);

/** The properties of an attempt that the walker uses. */
export interface Step {
  readonly verdict: Verdict;
  readonly category: AttemptCategory;
}

export interface ChainPlan<C extends Candidate, S extends Step> {
  /** In priority order. */
  readonly candidates: readonly C[];
  /** Sends the request to one source. Settles soon after its signal aborts. If it rejects, the walk rejects with its error. */
  readonly probe: (candidate: C, signal: AbortSignal) => Promise<S>;
  /**
   * Milliseconds without a reply after which the next source is tried in parallel; with 0, sources are tried strictly one after the other.
   */
  readonly hedgeMs: number;
  /**
   * The milliseconds to wait for this candidate instead of `hedgeMs`, if that is not 0.
   * @param isHedged - whether an earlier candidate is still silent
   */
  readonly intervalMs?: (candidate: C, isHedged: boolean) => number;
  /** Maximum number of sources that are tried at the same time. */
  readonly maxConcurrent: number;
  /** Calls `callback` after `ms` milliseconds. Returns a function that cancels it. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

export interface ChainWalk<S extends Step> {
  /** The attempts up to the one that decided, in priority order. */
  readonly attempts: readonly S[];
  /** The last attempt, if it serves or propagates. */
  readonly chosen?: S;
}

/** After this many times `hedgeMs`, a later source that serves overtakes a silent one. */
export const MAX_SILENT_HEDGES = 4;

/**
 * Tries sources in priority order until one serves or propagates. A slow source causes only a short delay: after the hedge interval, the
 * next one is tried in parallel. Of two replies, the one from the source with the higher priority wins, even if it arrives later (invariant
 * 2). A source that stays silent is overtaken by a later one that can serve. If its `onError` is `fail`, it is never overtaken: later
 * sources are only tried after it has replied, and only if it certainly does not have what was requested. The walk also ends if the hub has no
 * connection for a source: otherwise, a client that uses many could determine which source a repository is bound to.
 */
export function walkChain<C extends Candidate, S extends Step>(plan: ChainPlan<C, S>): Promise<ChainWalk<S>> {
  return new Promise((resolve, reject) => new Walk(plan, resolve, reject).advance());
}

interface Probe {
  readonly controller: AbortController;
  isSilent: boolean;
  readonly cancelTimer: () => void;
}

class Walk<C extends Candidate, S extends Step> {
  private readonly steps: (S | undefined)[] = [];
  private readonly running = new Map<number, Probe>();
  private cancelHedge: (() => void) | undefined;
  private isNextDue = false;
  private done = false;

  constructor(
    private readonly plan: ChainPlan<C, S>,
    private readonly finish: (walk: ChainWalk<S>) => void,
    private readonly fail: (error: unknown) => void,
  ) {}

  /** Ends the walk if its result is certain. Otherwise tries the next source if it is due. */
  advance(): void {
    if (this.done) return;
    for (const [at, candidate] of this.plan.candidates.entries()) {
      const step = this.steps[at];
      if (!step) return this.proceed();
      if (step.verdict !== 'next') return this.end(at, step);
      if (endsWalk(candidate, step)) return this.end(at);
    }
    this.end(this.plan.candidates.length - 1);
  }

  private proceed(): void {
    this.overtakeSilent();
    const last = this.steps.at(-1);
    if (this.steps.length === 0 || last?.verdict === 'next' || this.isNextDue) this.startNext();
  }

  /** Tries the next source, now or as soon as fewer than `maxConcurrent` attempts are running. */
  private startNext(): void {
    const { candidates, maxConcurrent } = this.plan;
    this.isNextDue = true;
    if (this.steps.length === candidates.length || this.running.size >= maxConcurrent || this.isBlocked()) return;
    this.isNextDue = false;
    this.start(this.steps.length);
  }

  /** Whether later sources must not be tried, because an earlier one serves or must reply first. */
  private isBlocked(): boolean {
    return this.steps.some((step, at) => {
      const mustReply = isDecisive(this.plan.candidates[at]!);
      return step
        ? step.verdict !== 'next' || step.category === 'busy' || (mustReply && !isDefinitiveNotFound(step))
        : mustReply;
    });
  }

  private start(at: number): void {
    const { hedgeMs, after, probe, candidates, intervalMs = () => hedgeMs } = this.plan;
    const isHedged = this.running.size > 0;
    const controller = new AbortController();
    const cancelTimer = hedgeMs > 0 ? after(hedgeMs * MAX_SILENT_HEDGES, () => this.markSilent(at)) : () => {};
    this.steps[at] = undefined;
    this.running.set(at, { controller, isSilent: false, cancelTimer });
    this.cancelHedge?.();
    const hasNext = hedgeMs > 0 && at + 1 < candidates.length;
    this.cancelHedge = hasNext ? after(intervalMs(candidates[at]!, isHedged), () => this.startNext()) : undefined;
    const settle = (then: () => void): void => {
      this.running.delete(at);
      cancelTimer();
      then();
    };
    probe(candidates[at]!, controller.signal).then(
      (step) => settle(() => this.record(at, step)),
      (error: unknown) => settle(() => this.abort(error)),
    );
  }

  private record(at: number, step: S): void {
    this.steps[at] = step;
    this.advance();
  }

  private abort(error: unknown): void {
    this.stop();
    this.fail(error);
  }

  private markSilent(at: number): void {
    this.running.get(at)!.isSilent = true;
    this.overtakeSilent();
  }

  private overtakeSilent(): void {
    const serving = this.steps.findIndex((step) => step !== undefined && step.verdict !== 'next');
    for (const [at, { isSilent, controller }] of this.running)
      if (at < serving && isSilent && !isDecisive(this.plan.candidates[at]!)) controller.abort(OVERTAKEN);
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
