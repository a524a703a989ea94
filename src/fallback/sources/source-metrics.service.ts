import { Injectable } from '@nestjs/common';
import type { Outcome } from '../../domain/upstream.js';
import { sourceLabel } from './source-label.js';
import { HubMetrics, type Sample } from '../../platform/observability/hub-metrics.js';
import { UpstreamHealth, type BreakerState, type SourceHealth } from '../upstream/upstream-health.js';
import { FallbackSourcesService } from './fallback-sources.service.js';

const BREAKER: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** The status of the reply, or the category of the failure. */
const statusOf = (outcome: Outcome): string => String(outcome.kind === 'reply' ? outcome.status : outcome.category);

/** Prometheus metrics of sources. */
@Injectable()
export class SourceMetrics {
  constructor(
    metrics: HubMetrics,
    private readonly sources: FallbackSourcesService,
    private readonly health: UpstreamHealth,
  ) {
    const durations = metrics.histogram({
      name: 'hubfall_upstream_request_duration_seconds',
      help: 'Time to the response headers of a source by HTTP status or failure category (timeout, network, aborted, …)',
      labels: ['source', 'status'],
    });
    health.observe((source, outcome, ms) =>
      durations.observe({ source: sourceLabel(source), status: statusOf(outcome) }, ms / 1000),
    );
    metrics.gauge(
      {
        name: 'hubfall_upstream_breaker_state',
        help: 'State of the circuit breaker of a source (0: closed, 1: half-open, 2: open after repeated failures)',
        labels: ['source'],
      },
      () => this.read((report) => BREAKER[report?.breaker ?? 'closed']),
    );
    metrics.gauge(
      { name: 'hubfall_upstream_inflight', help: 'Requests to a source in flight', labels: ['source'] },
      () => this.read((report) => report?.inFlight ?? 0),
    );
  }

  private read(value: (report: SourceHealth | undefined) => number): Sample<'source'>[] {
    const reports = new Map(this.health.report().map((report) => [report.key, report]));
    return this.sources
      .sources()
      .map((source) => ({ labels: { source: sourceLabel(source) }, value: value(reports.get(source.key)) }));
  }
}
