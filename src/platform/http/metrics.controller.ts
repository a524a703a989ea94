import { Controller, Header, Inject, Req } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { HubError } from '../../domain/hub-error.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { PAGE_NOT_FOUND_MESSAGE } from './to-hub-error.js';
import type { HubRequest } from './hub-request.js';
import { secretComparer } from './secret-comparer.js';
import { HubMetrics } from '../observability/hub-metrics.js';
import { Route } from './route.decorator.js';

/** Metrics for Prometheus. */
@ApiTags('misc')
@Controller()
export class MetricsController {
  private readonly isMetricsToken: (token: string) => boolean;

  constructor(
    private readonly metrics: HubMetrics,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {
    this.isMetricsToken = secretComparer(config.metrics.token ?? '');
  }

  /** Metrics of this replica, in the Prometheus text format. */
  @Route('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  text(@Req() request: HubRequest): Promise<string> {
    this.requireAccess(request);
    return this.metrics.text();
  }

  /** Accepts the metrics token and the admin token. */
  private requireAccess({ adminAccess, bearer = '' }: HubRequest): void {
    const { enabled, token } = this.config.metrics;
    if (!enabled) throw new HubError('NotFound', PAGE_NOT_FOUND_MESSAGE);
    if (token === undefined || adminAccess === 'granted' || this.isMetricsToken(bearer)) return;
    throw new HubError(
      'Unauthorized',
      'Metrics require a token. Send KOHAKU_HUB_METRICS_TOKEN as Authorization: Bearer.',
    );
  }
}
