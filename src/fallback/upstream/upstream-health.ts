import { Injectable } from '@nestjs/common';
import type { Source } from '../../domain/source.js';
import type { Outcome } from '../../domain/upstream.js';

/** State of a source's circuit breaker. Half-open: one request tests whether the source is available again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Whether a source accepts its token. */
export type TokenState = 'none' | 'accepted' | 'rejected';

/** The health of a source since this process started. */
export interface SourceHealth {
  readonly key: string;
  readonly breaker: BreakerState;
  readonly requests: number;
  readonly failures: number;
  readonly inFlight: number;
  /** Time to the response headers in milliseconds, over the last 256 requests; `null` before the first. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly lastError: string | null;
  /** ISO 8601. */
  readonly lastErrorAt: string | null;
  readonly token: TokenState;
}

const WINDOW = 256;

/** Collects the figures of one source. */
export class HealthRecord {
  requests = 0;
  failures = 0;
  inFlight = 0;
  token: TokenState = 'none';
  private lastError: string | null = null;
  private lastErrorAt: string | null = null;
  private readonly latencies: number[] = [];

  recordReply(ms: number): void {
    this.latencies[this.requests++ % WINDOW] = ms;
  }

  recordFailure(message: string, at: Date): void {
    this.failures++;
    this.lastError = message;
    this.lastErrorAt = at.toISOString();
  }

  report(key: string, breaker: BreakerState): SourceHealth {
    const sorted = [...this.latencies].sort((a, b) => a - b);
    const quantile = (q: number): number | null => sorted[Math.floor(q * (sorted.length - 1))] ?? null;
    const { requests, failures, inFlight, lastError, lastErrorAt, token } = this;
    return {
      key,
      breaker,
      requests,
      failures,
      inFlight,
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      lastError,
      lastErrorAt,
      token,
    };
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
