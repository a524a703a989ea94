import { Module } from '@nestjs/common';
import { AuditModule } from '../platform/audit/audit.module.js';
import { GuardModule } from '../fallback/guard/guard.module.js';
import { FallbackModule } from '../fallback/resolver/fallback.module.js';
import { FallbackCacheModule } from '../fallback/cache/fallback-cache.module.js';
import { KeptAnswersModule } from '../fallback/cache/kept-answers.module.js';
import { FallbackSourcesModule } from '../fallback/sources/fallback-sources.module.js';
import { UpstreamModule } from '../fallback/upstream/upstream.module.js';
import { StorageModule } from '../platform/storage/storage.module.js';
import { GcModule } from '../repos/gc/gc.module.js';
import { ManagementModule } from '../repos/management/management.module.js';
import { PrefetchModule } from '../repos/prefetch/prefetch.module.js';
import { QuotaModule } from '../repos/quota/quota.module.js';
import { UsersModule } from '../users/users.module.js';
import { UsersApiModule } from '../users/api/users-api.module.js';
import { UsageAdminController } from './usage.controller.js';
import { AuditLogAdminController } from './audit-log.controller.js';
import { AccountsAdminController } from './accounts-admin.controller.js';
import { AccountsAdminService } from './accounts-admin.service.js';
import { BulkReplaceController } from './bulk-replace.controller.js';
import { ContentCacheModule } from '../repos/content-cache/content-cache.module.js';
import { ContentCacheController } from './content-cache.controller.js';
import { FallbackCacheController } from './fallback-cache.controller.js';
import { FallbackSourcesController } from './fallback-sources.controller.js';
import { AdminMetricsController } from './metrics.controller.js';
import { InvitationsAdminController } from './invitations.controller.js';
import { MetricsHistory } from './metrics-history.service.js';
import { MetricsSummaryService } from './metrics-summary.service.js';
import { NameChecksController } from './name-checks.controller.js';
import { PrefetchController } from './prefetch.controller.js';
import { OfflineController } from './offline.controller.js';
import { RepositoriesAdminController } from './repositories-admin.controller.js';
import { DryRunController } from './dry-run.controller.js';
import { DryRunDelivery } from './dry-run-delivery.service.js';
import { DryRunService } from './dry-run.service.js';
import { SecretKeysController } from './secret-keys.controller.js';
import { SourceHealthService } from './source-health.service.js';
import { SourceTestController } from './source-test.controller.js';
import { SourceTestService } from './source-test.service.js';
import { StorageController } from './storage.controller.js';

/**
 * The admin API. Controllers with fixed paths come before those with an `{id}` parameter in the same position, since the first matching
 * route is used.
 */
@Module({
  imports: [
    AuditModule,
    FallbackModule,
    GuardModule,
    FallbackCacheModule,
    KeptAnswersModule,
    FallbackSourcesModule,
    UpstreamModule,
    ContentCacheModule,
    GcModule,
    ManagementModule,
    PrefetchModule,
    QuotaModule,
    StorageModule,
    UsersModule,
    UsersApiModule,
  ],
  controllers: [
    ContentCacheController,
    FallbackCacheController,
    SourceTestController,
    FallbackSourcesController,
    BulkReplaceController,
    DryRunController,
    SecretKeysController,
    StorageController,
    AccountsAdminController,
    InvitationsAdminController,
    RepositoriesAdminController,
    NameChecksController,
    PrefetchController,
    OfflineController,
    AuditLogAdminController,
    UsageAdminController,
    AdminMetricsController,
  ],
  providers: [
    DryRunDelivery,
    DryRunService,
    SourceHealthService,
    SourceTestService,
    AccountsAdminService,
    MetricsSummaryService,
    MetricsHistory,
  ],
})
export class AdminModule {}
