import { Inject, Injectable } from '@nestjs/common';
import { FallbackCacheService } from '../fallback/cache/fallback-cache.service.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { HttpMetrics } from '../platform/http/http-metrics.service.js';
import { Components } from '../platform/observability/components.service.js';
import type { ComponentDto, MetricsSummaryDto } from './dto/metrics-summary.dto.js';
import { SourceHealthService } from './source-health.service.js';

/** Collects the metrics of the admin overview. */
@Injectable()
export class MetricsSummaryService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly http: HttpMetrics,
    private readonly components: Components,
    private readonly cache: FallbackCacheService,
    private readonly sources: SourceHealthService,
  ) {}

  async summary(): Promise<MetricsSummaryDto> {
    const [requests, components, cache] = await Promise.all([
      this.http.responseCounts(),
      this.componentStates(),
      this.cache.stats(),
    ]);
    return {
      versions: { hub: this.config.version, node: process.versions.node },
      uptime_seconds: Math.round(process.uptime()),
      requests_in_flight: this.http.inFlight,
      requests,
      components,
      cache,
      sources: this.sources.report(),
    };
  }

  private async componentStates(): Promise<ComponentDto[]> {
    const { details } = await this.components.check();
    return Object.entries(details).map(([name, { status, message }]) => ({
      name,
      status,
      message: typeof message === 'string' ? message : null,
    }));
  }
}
