import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { HealthCheckResult } from '@nestjs/terminus';
import { HubError } from '../../domain/hub-error.js';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { Components } from '../observability/components.service.js';
import { Lifecycle } from './lifecycle.service.js';
import { Route } from './route.decorator.js';

/** Liveness and readiness checks. */
@ApiTags('misc')
@Controller()
export class HealthController {
  constructor(
    private readonly components: Components,
    private readonly lifecycle: Lifecycle,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /** Liveness check: the process responds. */
  @Route('health.live')
  live(): { status: 'ok'; version: string } {
    return { status: 'ok', version: this.config.version };
  }

  /**
   * Readiness check of this replica: responds with 503 while it is shutting down, and if its embedded database or its data directory cannot be used.
   * Without a service that all replicas share (PostgreSQL, the bucket, Redis), it is ready with the status `degraded` and the reason.
   */
  @Route('health.ready')
  async ready(): Promise<HealthCheckResult> {
    if (this.lifecycle.isShuttingDown) throw new HubError('ServiceDisabled', 'The hub is shutting down');
    const result = await this.components.check();
    if (result.status !== 'error') return result;
    const problems = Object.entries(result.error ?? {}).map(
      ([name, problem]) => `${name}: ${String(problem?.message)}`,
    );
    throw new HubError('ServiceDisabled', `Not ready. ${problems.join('. ')}`);
  }
}
