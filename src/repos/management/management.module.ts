import { Module } from '@nestjs/common';
import { UsageController } from './usage.controller.js';
import { UsageReports } from './usage-reports.service.js';
import { FallbackCacheModule } from '../../fallback/cache/fallback-cache.module.js';
import { GuardModule } from '../../fallback/guard/guard.module.js';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { UsersModule } from '../../users/users.module.js';
import { CardCheckService } from '../card/card-check.service.js';
import { CardController } from '../card/card.controller.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { AccessChecksService } from './access-checks.service.js';
import { NamespacesService } from './namespaces.service.js';
import { LikesController } from './likes.controller.js';
import { LikesService } from './likes.service.js';
import { RefsController } from './refs.controller.js';
import { RefsService } from './refs.service.js';
import { RepoDuplicates } from './repo-duplicates.service.js';
import { RepoNames } from './repo-names.service.js';
import { RepoManagementController } from './repo-management.controller.js';
import { RepoAdminService } from './repo-admin.service.js';
import { RepoManagementService } from './repo-management.service.js';
import { SettingsController } from './settings.controller.js';
import { TrustedPublishersController } from './trusted-publishers.controller.js';
import { TrustedPublishers } from './trusted-publishers.service.js';
import { StorageListsController } from './storage-lists.controller.js';
import { StorageLists } from './storage-lists.service.js';
import { SettingsService } from './settings.service.js';

/** Creating, configuring, moving and deleting repositories, and their branches and tags. */
@Module({
  imports: [LocalStoreModule, UsersModule, FallbackCacheModule, FallbackModule, GuardModule],
  controllers: [
    UsageController,
    CardController,
    RepoManagementController,
    SettingsController,
    RefsController,
    LikesController,
    StorageListsController,
    TrustedPublishersController,
  ],
  providers: [
    UsageReports,
    CardCheckService,
    RepoManagementService,
    RepoAdminService,
    NamespacesService,
    SettingsService,
    AccessChecksService,
    LikesService,
    RefsService,
    RepoDuplicates,
    RepoNames,
    StorageLists,
    TrustedPublishers,
  ],
  exports: [UsageReports, RepoAdminService],
})
export class ManagementModule {}
