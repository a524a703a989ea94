import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { Freshness } from '../../domain/freshness.js';
import { HubMetrics } from '../../platform/observability/hub-metrics.js';

/** The result of the check of a kept reply. */
export type CheckResult = 'unchanged' | 'replaced' | 'failed';

/** Counts kept replies of sources. */
@Injectable()
export class FreshnessMetrics {
  private readonly served: Counter<'source' | 'freshness'>;
  private readonly checks: Counter<'source' | 'result'>;

  constructor(metrics: HubMetrics) {
    this.served = metrics.counter({
      name: 'hubfall_fallback_kept_replies_total',
      help: 'Kept replies of sources that were served: fresh, revalidated (checked with the source), or stale (the source could not be asked)',
      labels: ['source', 'freshness'],
    });
    this.checks = metrics.counter({
      name: 'hubfall_fallback_revalidations_total',
      help: 'Checks of kept replies with their sources: unchanged, replaced, or failed',
      labels: ['source', 'result'],
    });
  }

  count(source: string, freshness: Freshness): void {
    this.served.inc({ source, freshness });
  }

  countCheck(source: string, result: CheckResult): void {
    this.checks.inc({ source, result });
  }
}
