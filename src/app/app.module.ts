import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AdminModule } from '../admin/admin.module.js';
import { ConfigModule } from '../platform/config/config.module.js';
import type { HubConfig } from '../platform/config/hub-config.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { HttpModule } from '../platform/http/http.module.js';
import { ListsModule } from '../lists/lists.module.js';
import { ObservabilityModule } from '../platform/observability/observability.module.js';
import { ReposModule } from '../repos/repos.module.js';
import { UsersApiModule } from '../users/api/users-api.module.js';
import { WebModule } from '../web/web.module.js';

/** The house: its rooms, from the ground up; the pages last, since they take every address that nobody else wants. */
@Module({
  imports: [
    ScheduleModule.forRoot(),
    DatabaseModule,
    HttpModule,
    ObservabilityModule,
    UsersApiModule,
    ReposModule,
    ListsModule,
    AdminModule,
    WebModule,
  ],
})
export class AppModule {
  static forRoot(config: HubConfig): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.forRoot(config)] };
  }
}
