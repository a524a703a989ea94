import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhenResult, isBrokenCircuitError } from 'cockatiel';
import type { Failure, Outcome } from '../../hub/language/upstream.js';
import { retryAfterSeconds } from '../../hub/rules/retry-after.js';
import { HealthRecord, type BreakerState, type SourceHealth } from './upstream-health.js';

const FAILURES_TO_OPEN = 5;
const OPEN_MS = 15_000;

/** Does the outcome tell that the source is down, rather than that it said no? */
const isDown = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' ? outcome.category === 'timeout' || outcome.category === 'network' : outcome.status >= 500;

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};

/** Thrown through the breaker when the client hung up: that says nothing about the source. */
class HungUp extends Error {
  constructor(readonly outcome: Failure) {
    super(outcome.message);
  }
}

/** One source as this process sees it: its circuit breaker, the time its rate limit asked for, its health. */
export class SourceLine {
  readonly health = new HealthRecord();
  private readonly breaker = circuitBreaker(
    handleWhenResult((outcome) => isDown(outcome as Outcome)),
    {
      halfOpenAfter: OPEN_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    },
  );
  private opensAgainAt = 0;
  private heldUntil = 0;

  constructor(
    readonly key: string,
    private readonly now: () => number,
  ) {
    this.breaker.onBreak(() => (this.opensAgainAt = this.now() + OPEN_MS));
  }

  /** Asks, unless the source is known to be down or has asked for a rest; then the answer is a failure at once. */
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
    const outcome = await send();
    if (outcome.kind === 'failure' && outcome.category === 'aborted') throw new HungUp(outcome);
    this.health.answered(this.now() - started);
    if (isDown(outcome) || outcome.kind === 'failure') this.health.failed(describe(outcome), new Date(this.now()));
    if (outcome.kind === 'reply' && outcome.status === 429) this.hold(outcome.headers);
    return outcome;
  }

  private hold(headers: Readonly<Record<string, string>>): void {
    const seconds = retryAfterSeconds(headers, new Date(this.now()));
    if (seconds !== undefined) this.heldUntil = this.now() + seconds * 1000;
  }

  private refuse(category: 'rate-limited' | 'unavailable', why: string, ms: number): Failure {
    return { kind: 'failure', category, message: why, retryAfter: Math.max(1, Math.ceil(ms / 1000)) };
  }
}

const describe = (outcome: Outcome): string =>
  outcome.kind === 'failure'
    ? outcome.message
    : `HTTP ${outcome.status}${outcome.message ? `: ${outcome.message}` : ''}`;
