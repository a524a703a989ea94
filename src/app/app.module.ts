import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AdminModule } from '../admin/admin.module.js';
import { ConfigModule } from '../platform/config/config.module.js';
import type { HubConfig } from '../platform/config/hub-config.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { CAPABILITY_CHECKS } from '../platform/http/capability-checks.js';
import { CallerGuard } from '../platform/http/caller.guard.js';
import { RouteGuard } from '../platform/http/route.guard.js';
import { ClientSharesGuard } from '../platform/http/client-shares.guard.js';
import { StorageModule } from '../platform/storage/storage.module.js';
import { HttpModule } from '../platform/http/http.module.js';
import { RefusedCallsModule } from '../platform/http/refused-calls.module.js';
import { ListsModule } from '../lists/lists.module.js';
import { ObservabilityModule } from '../platform/observability/observability.module.js';
import { ReposModule } from '../repos/repos.module.js';
import { UsersApiModule } from '../users/api/users-api.module.js';
import { UsersModule } from '../users/users.module.js';
import { RouteCapabilities } from './route-capabilities.service.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { WebModule } from '../web/web.module.js';

/**
 * All modules of the hub. `WebModule` follows the others, because its route matches every path that no other route handles. Requests that are not for a page
 * continue to `RefusedCallsModule`.
 */
@Module({
  imports: [
    ScheduleModule.forRoot(),
    DatabaseModule,
    HttpModule,
    StorageModule,
    ObservabilityModule,
    UsersModule,
    UsersApiModule,
    ReposModule,
    ListsModule,
    AdminModule,
    WebhooksModule,
    WebModule,
    RefusedCallsModule,
  ],
  // here, because the guards need HttpModule, and services of UsersModule and ReposModule, which are layers above. They run in this order.
  providers: [
    { provide: CAPABILITY_CHECKS, useClass: RouteCapabilities },
    { provide: APP_GUARD, useClass: CallerGuard },
    { provide: APP_GUARD, useClass: ClientSharesGuard },
    { provide: APP_GUARD, useClass: RouteGuard },
  ],
})
export class AppModule {
  static forRoot(config: HubConfig): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.forRoot(config)] };
  }
}
