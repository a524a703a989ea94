import { Injectable } from '@nestjs/common';
import type { Outcome } from '../../domain/upstream.js';
import { sourceLabel } from './source-label.js';
import { HubMetrics, type Sample } from '../../platform/observability/hub-metrics.js';
import type { BreakerState } from '../upstream/source-breaker.js';
import { SharedRateLimits } from '../upstream/shared-rate-limits.service.js';
import { UpstreamHealth, type SourceHealth } from '../upstream/upstream-health.js';
import { TokenChecks } from './token-checks.service.js';
import { tokenStatus, type TokenHealth } from './token-health.js';
import type { SourceRecord } from './source-record.js';
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
    private readonly checks: TokenChecks,
    private readonly limits: SharedRateLimits,
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
        help: 'State of the circuit breaker of a source (0: closed, 1: half-open, 2: open, since the source is unavailable)',
        labels: ['source'],
      },
      () => this.read((report) => BREAKER[report?.breaker ?? 'closed']),
    );
    this.addTokenMetric(metrics);
    this.addTokenStateMetric(metrics);
    this.addBudgetMetric(metrics);
    this.addUnreadableMetric(metrics);
    metrics.gauge(
      { name: 'hubfall_upstream_inflight', help: 'Requests to a source in flight', labels: ['source'] },
      () => this.read((report) => report?.inFlight ?? 0),
    );
    metrics.gauge(
      {
        name: 'hubfall_upstream_hold_seconds',
        help: 'Seconds until requests of a bucket are sent to a source again, which limits their rate',
        labels: ['source', 'bucket', 'credential'],
      },
      () => this.holds(),
    );
  }

  private addTokenMetric(metrics: HubMetrics): void {
    metrics.gauge(
      {
        name: 'hubfall_upstream_token_rejected',
        help: 'Whether a source rejected its token, which is then not sent (0: accepted, not used yet, or none, 1: rejected)',
        labels: ['source'],
      },
      () => this.read((report) => Number(report?.token === 'rejected')),
    );
  }

  private addTokenStateMetric(metrics: HubMetrics): void {
    metrics.gauge(
      {
        name: 'hubfall_upstream_token_state',
        help: 'State of the credentials of a source (1): none, unknown, valid, refused, rejected, or unreadable, since they are encrypted with another key',
        labels: ['source', 'state'],
      },
      () => {
        const reports = this.reports();
        return this.sources.list().map((record) => ({
          labels: {
            source: sourceLabel(record.source),
            state: this.tokenState(record, reports.get(record.source.key)),
          },
          value: 1,
        }));
      },
    );
  }

  private tokenState(record: SourceRecord, report: SourceHealth | undefined): TokenHealth {
    return tokenStatus(record, report, this.checks.lastOf(record.source)).state;
  }

  private addBudgetMetric(metrics: HubMetrics): void {
    metrics.gauge(
      {
        name: 'hubfall_upstream_budget_remaining',
        help: 'Requests that a source still allows in its current window, as in its last reply to any replica; missing for sources that do not report it',
        labels: ['source', 'bucket', 'credential'],
      },
      () => this.budgets(),
    );
  }

  private budgets(): Sample<'source' | 'bucket' | 'credential'>[] {
    return this.sources.sources().flatMap((source) =>
      this.limits
        .of(source.key)
        .currentBudgets()
        .map(({ bucket, credential, remaining }) => ({
          labels: { source: sourceLabel(source), bucket, credential },
          value: remaining,
        })),
    );
  }

  private addUnreadableMetric(metrics: HubMetrics): void {
    metrics.gauge(
      {
        name: 'hubfall_source_credentials_unreadable',
        help: 'Whether the stored credentials of a source cannot be decrypted, so that it is not used (0: no, 1: yes)',
        labels: ['source'],
      },
      () =>
        this.sources
          .sources()
          .map((source) => ({ labels: { source: sourceLabel(source) }, value: Number(source.isUnreadable) })),
    );
  }

  private holds(): Sample<'source' | 'bucket' | 'credential'>[] {
    return this.sources.sources().flatMap((source) =>
      this.limits
        .of(source.key)
        .activeHolds()
        .map(({ bucket, credential, until }) => ({
          labels: { source: sourceLabel(source), bucket: bucket ?? 'all', credential },
          value: Math.max(0, Math.ceil((until - Date.now()) / 1000)),
        })),
    );
  }

  private reports(): Map<string, SourceHealth> {
    return new Map(this.health.report().map((report) => [report.key, report]));
  }

  private read(value: (report: SourceHealth | undefined) => number): Sample<'source'>[] {
    const reports = this.reports();
    return this.sources
      .sources()
      .map((source) => ({ labels: { source: sourceLabel(source) }, value: value(reports.get(source.key)) }));
  }
}
