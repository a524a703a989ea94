import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { IdentityModule } from '../identity/identity.module.js';
import { ClusterModule } from '../cluster/cluster.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AdminTokenUses } from './admin-token-uses.service.js';
import { AdminAccessService } from './admin-access.service.js';
import { CapabilityService } from './capability.service.js';
import { ClientShares } from './client-shares.service.js';
import { HttpMetrics } from './http-metrics.service.js';
import { HttpTraces } from './http-traces.service.js';
import { HealthController } from './health.controller.js';
import { HubErrorFilter } from './hub-error.filter.js';
import { Lifecycle } from './lifecycle.service.js';
import { MetricsController } from './metrics.controller.js';
import { RateLimits } from './rate-limits.service.js';
import { RequestLog } from './request-log.service.js';
import { SiteController } from './site.controller.js';

/** HTTP basics: admin access, errors, health, metrics and logs. Global, so that the guards of the application can use its services. */
@Global()
@Module({
  imports: [AuditModule, JwtModule.register({}), ClusterModule, IdentityModule],
  controllers: [SiteController, HealthController, MetricsController],
  providers: [
    AdminAccessService,
    AdminTokenUses,
    CapabilityService,
    ClientShares,
    HttpMetrics,
    HttpTraces,
    RateLimits,
    RequestLog,
    Lifecycle,
    { provide: APP_FILTER, useClass: HubErrorFilter },
  ],
  exports: [AdminAccessService, AdminTokenUses, CapabilityService, ClientShares, HttpMetrics, RateLimits],
})
export class HttpModule {}
