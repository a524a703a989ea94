import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { AnyOperation } from '../../domain/operation.js';
import { HubError } from '../../domain/hub-error.js';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import { Spans } from '../../platform/observability/spans.service.js';
import { chainSpan } from './chain-span.js';

/** Counts and traces requests to sources. */
@Injectable()
export class FallbackMetrics {
  private readonly requests: Counter<'operation' | 'outcome'>;

  constructor(
    metrics: HubMetrics,
    private readonly spans: Spans,
  ) {
    this.requests = metrics.counter({
      name: 'hubfall_fallback_requests_total',
      help: 'Requests resolved through sources. Outcome: served, not-asked (no source applies), or the error code',
      labels: ['operation', 'outcome'],
    });
  }

  /** Counts a request by its outcome. Errors are rethrown. */
  async count<T>(operation: AnyOperation['kind'], work: () => Promise<T>): Promise<T> {
    try {
      const result = await this.trace(operation, work);
      this.requests.inc({ operation, outcome: result === undefined ? 'not-asked' : 'served' });
      return result;
    } catch (error) {
      this.requests.inc({ operation, outcome: error instanceof HubError ? error.code : 'failed' });
      throw error;
    }
  }

  /** Runs `answer` in a span. */
  trace<T>(operation: AnyOperation['kind'], work: () => Promise<T>): Promise<T> {
    return this.spans.withSpan(chainSpan(operation), work);
  }

  /** Counts a request to one of several sources. */
  note(operation: AnyOperation['kind'], outcome: string): void {
    this.requests.inc({ operation, outcome });
  }
}
