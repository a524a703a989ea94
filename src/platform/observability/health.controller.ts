import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  HealthCheckService,
  TypeOrmHealthIndicator,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { RedisLink } from '../fleet/redis-link.js';
import { StorageHealth } from '../storage/storage-health.js';

const PING_MS = 2000;

/** What a supervisor asks: does the process live, and can it serve? */
@ApiTags('misc')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(TypeOrmHealthIndicator) private readonly database: TypeOrmHealthIndicator,
    @Inject(RedisLink) private readonly redis: RedisLink,
    @Inject(StorageHealth) private readonly storage: StorageHealth,
  ) {}

  /** The process answers. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The process, its database and its storage answer; 503 otherwise. Without Redis the hub works on, degraded. */
  @Get('ready')
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.database.pingCheck('database', { timeout: PING_MS }),
      () => this.storageCheck(),
      () => this.redisCheck(),
    ]);
  }

  private async storageCheck(): Promise<HealthIndicatorResult> {
    const message = await this.storage.fault();
    return { storage: message === undefined ? { status: 'up' } : { status: 'down', message } };
  }

  private redisCheck(): HealthIndicatorResult {
    if (this.redis.state === 'off') return {};
    if (this.redis.state === 'up') return { redis: { status: 'up' } };
    const message = 'does not answer; this replica works on alone, and believes nothing for longer than a few seconds';
    return { redis: { status: 'degraded', message } };
  }
}
