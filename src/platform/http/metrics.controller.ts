import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { HubError } from '../../domain/hub-error.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { UNKNOWN_PAGE } from './to-hub-error.js';
import type { HubRequest } from './hub-request.js';
import { OwnCredentials } from './own-credentials.decorator.js';
import { secretComparer } from './secret-comparer.js';
import { HubMetrics } from '../observability/hub-metrics.js';

/** What Prometheus asks. */
@ApiTags('misc')
@Controller('metrics')
export class MetricsController {
  private readonly isRight: (token: string) => boolean;

  constructor(
    private readonly metrics: HubMetrics,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {
    this.isRight = secretComparer(config.metrics.token ?? '');
  }

  /** This process's figures, in Prometheus' text format. */
  @Get()
  @OwnCredentials()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  text(@Req() request: HubRequest): Promise<string> {
    this.demandAccess(request);
    return this.metrics.text();
  }

  /** The administrator may look as well. */
  private demandAccess({ adminAccess, bearer = '' }: HubRequest): void {
    const { enabled, token } = this.config.metrics;
    if (!enabled) throw new HubError('NotFound', UNKNOWN_PAGE);
    if (token === undefined || adminAccess === 'granted' || this.isRight(bearer)) return;
    throw new HubError('Unauthorized', 'The metrics need their own token: Authorization: Bearer …');
  }
}
