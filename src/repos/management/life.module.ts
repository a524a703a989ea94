import { Module } from '@nestjs/common';
import { FallbackCacheModule } from '../../fallback/cache/fallback-cache.module.js';
import { UsersModule } from '../../users/users.module.js';
import { CardCheck } from '../card/card-check.service.js';
import { CardController } from '../card/card.controller.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { NamespacesService } from './namespaces.service.js';
import { RefsController } from './refs.controller.js';
import { RefsService } from './refs.service.js';
import { RepositoriesController } from './repositories.controller.js';
import { RepositoryAdministration } from './repository-administration.service.js';
import { RepositoryLife } from './repository-life.service.js';
import { SettingsController } from './settings.controller.js';
import { SettingsService } from './settings.service.js';
import { SocialController } from './social.controller.js';

/** The life of repositories: made, set up, moved, deleted. */
@Module({
  imports: [LocalStoreModule, UsersModule, FallbackCacheModule],
  controllers: [CardController, RepositoriesController, SettingsController, RefsController, SocialController],
  providers: [CardCheck, RepositoryLife, RepositoryAdministration, NamespacesService, SettingsService, RefsService],
  exports: [RepositoryAdministration],
})
export class LifeModule {}
