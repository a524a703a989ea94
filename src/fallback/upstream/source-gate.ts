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
import { TokenGate } from './token-gate.js';
import { HealthRecord, type BreakerState, type SourceHealth } from './upstream-health.js';

const FAILURES_TO_OPEN = 5;
const OPEN_MS = 15_000;
const RETRY_LATER_STATUSES: ReadonlySet<number> = new Set([429, 503]);

/** Whether the outcome indicates an outage of the source. */
const isDown = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' ? outcome.category === 'timeout' || outcome.category === 'network' : outcome.status >= 500;

/** Whether the caller canceled the request. Such an outcome is not related to the source. */
const isCanceled = (outcome: unknown): boolean => (outcome as Partial<Failure>).category === 'aborted';

/** After a failed trial, the breaker stays open. After a canceled one, the next request is the new trial. */
const openMs = (reason: object): number => ('value' in reason && isCanceled(reason.value) ? 0 : OPEN_MS);

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};

/** Thrown through the closed breaker for a canceled request, which is then neither a failure nor a success. */
class Canceled extends Error {
  constructor(readonly outcome: Failure) {
    super(outcome.message);
  }
}

/** The state of a source in this process: circuit breaker, rate limit and health. */
export class SourceGate {
  readonly health = new HealthRecord();
  readonly tokenGate: TokenGate;
  private readonly breaker = circuitBreaker(
    handleWhenResult((outcome) => isDown(outcome as Outcome) || isCanceled(outcome)),
    {
      halfOpenAfter: new DelegateBackoff(({ result }: { result: object }) => openMs(result)),
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    },
  );
  private retryAt = 0;
  private rateLimitedUntil = 0;

  /** @param onOutcome - called with every outcome and its duration in milliseconds */
  constructor(
    readonly key: string,
    private readonly now: () => number,
    private readonly onOutcome: (outcome: Outcome, ms: number) => void = () => undefined,
  ) {
    this.tokenGate = new TokenGate(now);
    this.breaker.onBreak((reason) => (this.retryAt = this.now() + openMs(reason ?? {})));
  }

  /** Sends a request. While the breaker is open or the rate limit is exceeded, it fails immediately instead. */
  async run(send: () => Promise<Outcome>): Promise<Outcome> {
    const now = this.now();
    if (now < this.rateLimitedUntil)
      return this.refuse('rate-limited', 'It limits the requests of this hub', this.rateLimitedUntil - now);
    if (this.breaker.state === CircuitState.HalfOpen)
      return this.refuse('unavailable', 'It failed repeatedly and is being tested again', 1000);
    try {
      return await this.breaker.execute(() => this.measure(send));
    } catch (error) {
      if (error instanceof Canceled) return error.outcome;
      if (isBrokenCircuitError(error)) return this.refuse('unavailable', 'It failed repeatedly', this.retryAt - now);
      throw error;
    }
  }

  report(): SourceHealth {
    return this.health.report(this.key, STATES[this.breaker.state]);
  }

  private async measure(send: () => Promise<Outcome>): Promise<Outcome> {
    const started = this.now();
    this.health.inFlight++;
    const outcome = await send().finally(() => this.health.inFlight--);
    this.onOutcome(outcome, this.now() - started);
    if (outcome.kind === 'failure' && isCanceled(outcome)) {
      if (this.breaker.state === CircuitState.HalfOpen) return outcome;
      throw new Canceled(outcome);
    }
    this.health.recordReply(this.now() - started);
    if (isDown(outcome) || outcome.kind === 'failure')
      this.health.recordFailure(describe(outcome), new Date(this.now()));
    return outcome.kind === 'reply' && RETRY_LATER_STATUSES.has(outcome.status)
      ? this.applyRetryAfter(outcome)
      : outcome;
  }

  /** Sets `Retry-After` to whole seconds. After a 429, no request is sent until then. */
  private applyRetryAfter(reply: Reply): Reply {
    const seconds = retryAfterSeconds(reply.headers, new Date(this.now()));
    if (seconds === undefined) return reply;
    if (reply.status === 429) this.rateLimitedUntil = this.now() + seconds * 1000;
    return { ...reply, headers: { ...reply.headers, 'retry-after': `${seconds}` } };
  }

  private refuse(category: 'rate-limited' | 'unavailable', message: string, ms: number): Failure {
    return { kind: 'failure', category, message, retryAfter: Math.max(1, Math.ceil(ms / 1000)) };
  }
}

const describe = (outcome: Outcome): string =>
  outcome.kind === 'failure'
    ? outcome.message
    : `HTTP ${outcome.status}${outcome.message ? `: ${outcome.message}` : ''}`;
