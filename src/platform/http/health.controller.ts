import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { HealthCheckResult } from '@nestjs/terminus';
import { HubError } from '../../domain/hub-error.js';
import { Components } from '../observability/components.service.js';
import { Lifecycle } from './lifecycle.service.js';

/** What a supervisor asks: does the process live, and can it serve? */
@ApiTags('misc')
@Controller('health')
export class HealthController {
  constructor(
    private readonly components: Components,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** The process answers. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /**
   * The process, its database and its storage answer, and it has not been told to stop; 503 otherwise. Without Redis it works on,
   * degraded.
   */
  @Get('ready')
  async ready(): Promise<HealthCheckResult> {
    if (this.lifecycle.isLeaving) throw new HubError('ServiceDisabled', 'The hub is stopping');
    const result = await this.components.check();
    if (result.status !== 'error') return result;
    const faults = Object.entries(result.error ?? {}).map(([name, fault]) => `${name}: ${String(fault?.message)}`);
    throw new HubError('ServiceDisabled', `Not ready. ${faults.join('. ')}`);
  }
}
