import { Injectable } from '@nestjs/common';
import type { Source } from '../../domain/source.js';
import type { Outcome } from '../../domain/upstream.js';
import { LatencyWindow } from './latency-window.js';
import type { BreakerState } from './source-breaker.js';

/** Whether a source accepts its token. `refused`: it refused the last request with it, without a reason. */
export type TokenState = 'none' | 'accepted' | 'rejected' | 'refused';

/** The health of a source since this process started. */
export interface SourceHealth {
  readonly key: string;
  readonly breaker: BreakerState;
  /** When an open breaker may close, in milliseconds since the epoch; `null` while it is closed. */
  readonly retryAt: number | null;
  readonly requests: number;
  readonly failures: number;
  readonly inFlight: number;
  /** Milliseconds until recent metadata requests were answered, at most 256 of the last ten minutes; `null` before the first. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly lastError: string | null;
  /** ISO 8601. */
  readonly lastErrorAt: string | null;
  readonly token: TokenState;
  /** When the state of the token was learned, in milliseconds since the epoch; `null` while it is `none`. */
  readonly tokenAt: number | null;
}

/** The part of a source's health that is about its outcomes. */
export type OutcomeHealth = Omit<SourceHealth, 'key' | 'breaker' | 'retryAt'>;

/** Collects the figures of one source. */
export class HealthRecord {
  requests = 0;
  failures = 0;
  inFlight = 0;
  private tokenState: TokenState = 'none';
  private tokenAt: number | null = null;
  readonly latency: LatencyWindow;
  private lastError: string | null = null;
  private lastErrorAt: string | null = null;

  /** @param now - a clock in milliseconds */
  constructor(private readonly now: () => number) {
    this.latency = new LatencyWindow(now);
  }

  get token(): TokenState {
    return this.tokenState;
  }

  set token(state: TokenState) {
    this.tokenState = state;
    this.tokenAt = state === 'none' ? null : this.now();
  }

  recordFailure(message: string): void {
    this.failures++;
    this.noteError(message);
  }

  /** An error that no request of a client has met. */
  noteError(message: string): void {
    this.lastError = message;
    this.lastErrorAt = new Date(this.now()).toISOString();
  }

  report(): OutcomeHealth {
    const { requests, failures, inFlight, lastError, lastErrorAt, token, tokenAt, latency } = this;
    const [p50Ms, p95Ms] = [latency.percentile(0.5), latency.percentile(0.95)];
    return { requests, failures, inFlight, p50Ms, p95Ms, lastError, lastErrorAt, token, tokenAt };
  }
}

/** Called with every outcome of a request to a source, and its duration in milliseconds. */
export type OutcomeObserver = (source: Source, outcome: Outcome, ms: number) => void;

/** Collects the health reports of all sources, and notifies observers of outcomes. */
@Injectable()
export class UpstreamHealth {
  private readonly observers: OutcomeObserver[] = [];
  private readonly reporters = new Map<string, () => SourceHealth>();

  /** Adds the reporter of a source. */
  register(key: string, report: () => SourceHealth): void {
    this.reporters.set(key, report);
  }

  unregister(key: string): void {
    this.reporters.delete(key);
  }

  observe(observer: OutcomeObserver): void {
    this.observers.push(observer);
  }

  /** Passes an outcome to the observers. */
  notify(source: Source, outcome: Outcome, ms: number): void {
    for (const observe of this.observers) observe(source, outcome, ms);
  }

  /** One report for each source that has been used since startup. */
  report(): SourceHealth[] {
    return [...this.reporters.values()].map((report) => report());
  }
}
