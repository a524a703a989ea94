import { Injectable } from '@nestjs/common';
import type { Source } from '../../domain/source.js';
import type { Outcome } from '../../domain/upstream.js';

/** How a source's breaker stands: asked, not asked, or asked once to see. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** What is known of a source's token: it is not told which token. */
export type TokenState = 'none' | 'accepted' | 'rejected';

/** How a source has been doing since this process started. */
export interface SourceHealth {
  readonly key: string;
  readonly breaker: BreakerState;
  readonly requests: number;
  readonly failures: number;
  readonly inFlight: number;
  /** Milliseconds until the answer's headers, over the last 256 requests; null before the first. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly lastError: string | null;
  /** ISO 8601. */
  readonly lastErrorAt: string | null;
  readonly token: TokenState;
}

const WINDOW = 256;

/** One source's figures. */
export class HealthRecord {
  requests = 0;
  failures = 0;
  inFlight = 0;
  token: TokenState = 'none';
  private lastError: string | null = null;
  private lastErrorAt: string | null = null;
  private readonly latencies: number[] = [];

  answered(ms: number): void {
    this.latencies[this.requests++ % WINDOW] = ms;
  }

  failed(message: string, at: Date): void {
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

/** SourceResult of a source's every answer, and how long it took. */
export type AnswerObserver = (source: Source, outcome: Outcome, ms: number) => void;

/** Keeps every source's record and tells how it stands. */
@Injectable()
export class UpstreamHealth {
  private readonly observers: AnswerObserver[] = [];
  private readonly reporters = new Map<string, () => SourceHealth>();

  /** Lets a source's line to the outside report for itself. */
  register(key: string, report: () => SourceHealth): void {
    this.reporters.set(key, report);
  }

  unregister(key: string): void {
    this.reporters.delete(key);
  }

  observe(observer: AnswerObserver): void {
    this.observers.push(observer);
  }

  /** A source has answered, or failed to. */
  tell(source: Source, outcome: Outcome, ms: number): void {
    for (const observe of this.observers) observe(source, outcome, ms);
  }

  /** One report for each source that was asked since the start. */
  report(): SourceHealth[] {
    return [...this.reporters.values()].map((report) => report());
  }
}
