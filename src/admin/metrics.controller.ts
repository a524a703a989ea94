import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from './admin-api.decorator.js';
import { MetricsSampleDto, MetricsSummaryDto } from './dto/metrics-summary.dto.js';
import { MetricsHistory } from './metrics-history.service.js';
import { MetricsSummaryService } from './metrics-summary.service.js';
import { Route } from '../platform/http/route.decorator.js';

/** Metrics for the admin overview. `/metrics` has more of them, in the Prometheus format. */
@AdminApi()
export class AdminMetricsController {
  constructor(
    private readonly metrics: MetricsSummaryService,
    private readonly samples: MetricsHistory,
  ) {}

  @Route('admin.metrics')
  @ApiOperation({ summary: 'Get the status of this replica: requests, components, cache and sources' })
  @ApiOkResponse({ type: MetricsSummaryDto })
  summary(): Promise<MetricsSummaryDto> {
    return this.metrics.summary();
  }

  @Route('admin.metricsHistory')
  @ApiOperation({ summary: 'List the metrics of this replica in the last hour, one sample each minute' })
  @ApiOkResponse({ type: MetricsSampleDto, isArray: true })
  history(): readonly MetricsSampleDto[] {
    return this.samples.all();
  }
}
