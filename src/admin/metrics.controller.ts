import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from './admin-api.decorator.js';
import { MetricsSummaryDto } from './dto/metrics-summary.dto.js';
import { MetricsSummaryService } from './metrics-summary.service.js';

/** How the hub is doing, for the administrator's overview; `/metrics` says the same to Prometheus in more detail. */
@AdminApi('metrics')
export class AdminMetricsController {
  constructor(private readonly metrics: MetricsSummaryService) {}

  @Get('summary')
  @ApiOperation({ summary: 'How this process is doing: answers, components, cache, sources' })
  @ApiOkResponse({ type: MetricsSummaryDto })
  summary(): Promise<MetricsSummaryDto> {
    return this.metrics.summary();
  }
}
