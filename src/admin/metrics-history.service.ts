import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import { HttpMetrics } from '../platform/http/http-metrics.service.js';
import type { MetricsSampleDto } from './dto/metrics-summary.dto.js';
import { SourceHealthService } from './source-health.service.js';

const MINUTE_MS = 60_000;
/** One hour. */
const MAX_SAMPLES = 60;

/** Metrics of this replica in the last hour, one sample each minute, for the charts of the admin overview. They are in memory only. */
@Injectable()
export class MetricsHistory {
  private samples: readonly MetricsSampleDto[] = [];

  constructor(
    private readonly http: HttpMetrics,
    private readonly sources: SourceHealthService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Adds a sample, and drops those that are too old. */
  @Interval(MINUTE_MS)
  async sample(): Promise<void> {
    const requests = await this.http.responseCounts();
    const added = { at: this.clock().toISOString(), requests, sources: this.sources.report() };
    this.samples = [...this.samples.slice(1 - MAX_SAMPLES), added];
  }

  /** Oldest first. */
  all(): readonly MetricsSampleDto[] {
    return this.samples;
  }
}
