import type { Failure, Outcome, Reply } from '../../domain/upstream.js';
import { describeAbort } from './exchange-errors.js';
import { failureScope } from './failure-scope.js';
import type { TokenCheck } from './harmless-probe.js';
import type { RateLimits } from './rate-limits.js';
import type { Credential } from './request-budgets.js';
import { retryAfterSeconds } from './retry-after.js';
import { SourceBreaker, type ProbeResult } from './source-breaker.js';
import { TokenGate } from './token-gate.js';
import { HealthRecord, type SourceHealth } from './upstream-health.js';

const NOT_OF_THE_SOURCE: ReadonlySet<Failure['category']> = new Set(['aborted', 'busy']);
const RETRY_LATER_STATUSES: ReadonlySet<number> = new Set([429, 503]);

const RESERVED = 'The rest of its request budget is reserved for requests of people, so background work waits';

/** How long a request waits for the harmless probe. */
const MAX_PROBE_WAIT_MS = 3_000;

export interface SourceGateOptions {
  readonly key: string;
  /** A clock in milliseconds. */
  readonly now: () => number;
  /** Sends the harmless probe. */
  readonly probe: () => Promise<ProbeResult>;
  /** Asks the source whether it accepts its token. */
  readonly checkToken: () => Promise<TokenCheck>;
  /** Whether a check of the token may be repeated now: it is background work. */
  readonly mayCheckAgain: () => boolean;
  /** Limits that the source has reported, to any replica. */
  readonly limits: RateLimits;
  /** Called with every outcome and its duration in milliseconds. */
  readonly onOutcome?: (outcome: Outcome, ms: number) => void;
}

/** The facts about a request that determine its effect on the state of the source. */
export interface GatedRequest {
  /** The repository or account that it is about. */
  readonly subject: string;
  /** The rate limit that it counts towards; `undefined` if the source has only one. */
  readonly bucket: string | undefined;
  readonly credential: Credential;
  /** Downloads have other latencies than metadata requests. */
  readonly isDownload: boolean;
  /** No person waits for the reply. Such requests are not sent while little of the request budget is left. */
  readonly isBackground?: boolean | undefined;
}

/** The state of a source in this process: circuit breaker, rate limits and health. */
export class SourceGate {
  readonly health: HealthRecord;
  readonly tokenGate: TokenGate;
  private readonly breaker: SourceBreaker;
  private readonly limits: RateLimits;
  private readonly now: () => number;

  constructor(private readonly options: SourceGateOptions) {
    this.now = options.now;
    this.health = new HealthRecord(this.now);
    this.tokenGate = new TokenGate(this.now, options.checkToken, options.mayCheckAgain);
    this.limits = options.limits;
    this.breaker = new SourceBreaker(this.now, options.probe);
  }

  /** The failure of requests while the breaker is open; `undefined` if requests may be sent. May wait for the harmless probe. */
  async refusal(signal: AbortSignal): Promise<Failure | undefined> {
    if (this.breaker.state === 'closed') return undefined; // first, because creating signals is expensive
    if (await this.breaker.admits(AbortSignal.any([signal, AbortSignal.timeout(MAX_PROBE_WAIT_MS)]))) return undefined;
    if (signal.aborted) return describeAbort(signal.reason);
    return refused('unavailable', 'It failed repeatedly', (this.breaker.retryAt ?? 0) - this.now());
  }

  /** Sends a request, unless its rate limit is exceeded, and records the outcome. */
  async run(request: GatedRequest, send: () => Promise<Outcome>): Promise<Outcome> {
    const { bucket, credential, isBackground } = request;
    const heldUntil = this.limits.heldUntil(bucket, credential);
    if (heldUntil !== undefined)
      return refused('rate-limited', 'It limits the requests of this hub', heldUntil - this.now());
    const reservedUntil = isBackground ? this.limits.backgroundHeldUntil(bucket, credential) : undefined;
    if (reservedUntil !== undefined) return refused('rate-limited', RESERVED, reservedUntil - this.now());
    this.limits.take(bucket, credential);
    const started = this.now();
    this.health.inFlight++;
    const outcome = await send().finally(() => this.health.inFlight--);
    this.record(request, outcome, this.now() - started);
    return outcome.kind === 'reply' ? this.applyLimits(request, outcome) : outcome;
  }

  report(): SourceHealth {
    const { breaker, options } = this;
    return {
      key: options.key,
      breaker: breaker.state,
      retryAt: breaker.retryAt ?? null,
      ...this.health.report(),
    };
  }

  /** Whether background work may ask it something: it is not unavailable, and its limits leave enough requests for people. */
  get isFree(): boolean {
    return (this.breaker.retryAt ?? 0) <= this.now() && this.options.mayCheckAgain();
  }

  /** Closes the breaker and ends all holds. */
  reset(): void {
    this.breaker.reset();
    this.limits.reset();
  }

  private record({ subject, isDownload }: GatedRequest, outcome: Outcome, ms: number): void {
    this.options.onOutcome?.(outcome, ms);
    if (outcome.kind === 'failure' && NOT_OF_THE_SOURCE.has(outcome.category)) return;
    this.health.requests++;
    const scope = failureScope(outcome);
    if (scope) this.breaker.recordFailure(scope, subject);
    if (scope || outcome.kind === 'failure') return this.health.recordFailure(describe(outcome));
    this.breaker.recordAnswer();
    if (!isDownload && outcome.status !== 429) this.health.latency.record(ms);
  }

  /** Sets `Retry-After` to whole seconds. After a 429, no request of its bucket is sent until then. */
  private applyLimits({ bucket, credential }: GatedRequest, reply: Reply): Reply {
    this.limits.recordBudgets(reply.headers, bucket, credential);
    if (!RETRY_LATER_STATUSES.has(reply.status)) return reply;
    const seconds = retryAfterSeconds(reply.headers, new Date(this.now()), bucket);
    if (seconds === undefined) return reply;
    if (reply.status === 429) this.limits.hold(reply.headers, bucket, credential, seconds);
    return { ...reply, headers: { ...reply.headers, 'retry-after': `${seconds}` } };
  }
}

const refused = (category: 'rate-limited' | 'unavailable', message: string, ms: number): Failure => ({
  kind: 'failure',
  category,
  message,
  retryAfter: Math.max(1, Math.ceil(ms / 1000)),
});

const describe = (outcome: Outcome): string =>
  outcome.kind === 'failure'
    ? outcome.message
    : `HTTP ${outcome.status}${outcome.message ? `: ${outcome.message}` : ''}`;
