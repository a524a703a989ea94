import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { AnyOperation } from '../../domain/operation.js';
import { HubError } from '../../domain/hub-error.js';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';
import { Spans } from '../../platform/observability/spans.service.js';
import { chainSpan } from './chain-span.js';

/** Counts and traces what came of questions that the hub put to its sources. */
@Injectable()
export class FallbackMetrics {
  private readonly requests: Counter<'operation' | 'outcome'>;

  constructor(
    metrics: HubMetrics,
    private readonly spans: Spans,
  ) {
    this.requests = metrics.counter({
      name: 'hubfall_fallback_requests_total',
      help: 'Questions that the hub does not answer itself; outcome: served, not-asked, or the error given',
      labels: ['operation', 'outcome'],
    });
  }

  /** Counts one question by what it ends with; what it throws is thrown on. */
  async count<T>(operation: AnyOperation['kind'], answer: () => Promise<T>): Promise<T> {
    try {
      const given = await this.trace(operation, answer);
      this.requests.inc({ operation, outcome: given === undefined ? 'not-asked' : 'served' });
      return given;
    } catch (error) {
      this.requests.inc({ operation, outcome: error instanceof HubError ? error.code : 'failed' });
      throw error;
    }
  }

  /** Shows in traces how one question is answered. */
  trace<T>(operation: AnyOperation['kind'], answer: () => Promise<T>): Promise<T> {
    return this.spans.inside(chainSpan(operation), answer);
  }

  /** Counts a question put to one source among several. */
  note(operation: AnyOperation['kind'], outcome: string): void {
    this.requests.inc({ operation, outcome });
  }
}
