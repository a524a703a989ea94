import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhenResult,
  isBrokenCircuitError,
} from 'cockatiel';
import type { Failure, Outcome, Reply } from '../../domain/upstream.js';
import { retryAfterSeconds } from './retry-after.js';
import { HealthRecord, type BreakerState, type SourceHealth } from './upstream-health.js';

const FAILURES_TO_OPEN = 5;
const OPEN_MS = 15_000;
const PATIENCE_ASKED: ReadonlySet<number> = new Set([429, 503]);

/** Does the outcome tell that the source is down, rather than that it said no? */
const isDown = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' ? outcome.category === 'timeout' || outcome.category === 'network' : outcome.status >= 500;

/** Did the client hang up? That says nothing about the source. */
const isHungUp = (outcome: unknown): boolean => (outcome as Partial<Failure>).category === 'aborted';

/** A failed trial closes the door for another while; one that was given up, only until somebody else comes. */
const waitAfter = (reason: object): number => ('value' in reason && isHungUp(reason.value) ? 0 : OPEN_MS);

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};

/** Thrown through the closed breaker when the client hung up, so that it neither counts as a failure nor clears any. */
class HungUp extends Error {
  constructor(readonly outcome: Failure) {
    super(outcome.message);
  }
}

/** One source as this process sees it: its circuit breaker, the time its rate limit asked for, its health. */
export class SourceGate {
  readonly health = new HealthRecord();
  private readonly breaker = circuitBreaker(
    handleWhenResult((outcome) => isDown(outcome as Outcome) || isHungUp(outcome)),
    {
      halfOpenAfter: new DelegateBackoff(({ result }: { result: object }) => waitAfter(result)),
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    },
  );
  private opensAgainAt = 0;
  private heldUntil = 0;

  /** @param told of every answer, and how long it took in milliseconds */
  constructor(
    readonly key: string,
    private readonly now: () => number,
    private readonly told: (outcome: Outcome, ms: number) => void = () => undefined,
  ) {
    this.breaker.onBreak((reason) => (this.opensAgainAt = this.now() + waitAfter(reason ?? {})));
  }

  /** Context, unless the source is known to be down or has asked for a rest; then the answer is a failure at once. */
  async ask(send: () => Promise<Outcome>): Promise<Outcome> {
    const now = this.now();
    if (now < this.heldUntil) return this.refuse('rate-limited', 'it limits our requests', this.heldUntil - now);
    if (this.breaker.state === CircuitState.HalfOpen)
      return this.refuse('unavailable', 'it is being tried again', 1000);
    try {
      return await this.breaker.execute(() => this.measured(send));
    } catch (error) {
      if (error instanceof HungUp) return error.outcome;
      if (isBrokenCircuitError(error))
        return this.refuse('unavailable', 'it failed repeatedly', this.opensAgainAt - now);
      throw error;
    }
  }

  report(): SourceHealth {
    return this.health.report(this.key, STATES[this.breaker.state]);
  }

  private async measured(send: () => Promise<Outcome>): Promise<Outcome> {
    const started = this.now();
    this.health.inFlight++;
    const outcome = await send().finally(() => this.health.inFlight--);
    this.told(outcome, this.now() - started);
    if (outcome.kind === 'failure' && isHungUp(outcome)) {
      if (this.breaker.state === CircuitState.HalfOpen) return outcome;
      throw new HungUp(outcome);
    }
    this.health.answered(this.now() - started);
    if (isDown(outcome) || outcome.kind === 'failure') this.health.failed(describe(outcome), new Date(this.now()));
    return outcome.kind === 'reply' && PATIENCE_ASKED.has(outcome.status) ? this.heed(outcome) : outcome;
  }

  /** The reply with its `Retry-After` in whole seconds, whichever way the source said it; a 429 holds everybody off for so long. */
  private heed(reply: Reply): Reply {
    const seconds = retryAfterSeconds(reply.headers, new Date(this.now()));
    if (seconds === undefined) return reply;
    if (reply.status === 429) this.heldUntil = this.now() + seconds * 1000;
    return { ...reply, headers: { ...reply.headers, 'retry-after': `${seconds}` } };
  }

  private refuse(category: 'rate-limited' | 'unavailable', why: string, ms: number): Failure {
    return { kind: 'failure', category, message: why, retryAfter: Math.max(1, Math.ceil(ms / 1000)) };
  }
}

const describe = (outcome: Outcome): string =>
  outcome.kind === 'failure'
    ? outcome.message
    : `HTTP ${outcome.status}${outcome.message ? `: ${outcome.message}` : ''}`;
