import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  HealthCheckService,
  TypeOrmHealthIndicator,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { RedisLink } from '../fleet/redis-link.js';

const PING_MS = 2000;

/** What a supervisor asks: does the process live, and can it serve? */
@ApiTags('misc')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(TypeOrmHealthIndicator) private readonly database: TypeOrmHealthIndicator,
    @Inject(RedisLink) private readonly redis: RedisLink,
  ) {}

  /** The process answers. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The process and its database answer; 503 otherwise. Without Redis the hub works on, degraded. */
  @Get('ready')
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.database.pingCheck('database', { timeout: PING_MS }),
      () => this.redisCheck(),
    ]);
  }

  private redisCheck(): HealthIndicatorResult {
    if (this.redis.state === 'off') return {};
    if (this.redis.state === 'up') return { redis: { status: 'up' } };
    const message = 'does not answer; this replica works on alone, and believes nothing for longer than a few seconds';
    return { redis: { status: 'degraded', message } };
  }
}
