import { Module } from '@nestjs/common';
import { FallbackModule } from '../fallback/resolver/fallback.module.js';
import { IdentityModule } from '../platform/identity/identity.module.js';
import { LocalStoreModule } from '../repos/store/local-store.module.js';
import { RepoTagsStore } from '../repos/store/repo-tags.store.js';
import { UsersModule } from '../users/users.module.js';
import { FacetCountsStore } from '../repos/store/facet-counts.store.js';
import { CardSearchController } from './card-search.controller.js';
import { CardSearch } from './card-search.service.js';
import { FacetsController } from './facets.controller.js';
import { Facets } from './facets.service.js';
import { ListCursors } from './list-cursors.service.js';
import { ListPages } from './list-pages.service.js';
import { ListsController } from './lists.controller.js';
import { ListsService } from './lists.service.js';
import { LocalLists } from './local-lists.service.js';
import { ExternalLists } from './external-lists.service.js';
import { QuickSearchController } from './quick-search.controller.js';
import { QuickSearch } from './quick-search.service.js';
import { RepoTagsController } from './repo-tags.controller.js';
import { RepoTags } from './repo-tags.service.js';
import { UserReposController } from './user-repos.controller.js';
import { UserReposService } from './user-repos.service.js';

/** Lists that combine local and external repositories. */
@Module({
  imports: [IdentityModule, LocalStoreModule, UsersModule, FallbackModule],
  controllers: [
    ListsController,
    UserReposController,
    RepoTagsController,
    QuickSearchController,
    FacetsController,
    CardSearchController,
  ],
  providers: [
    ListPages,
    ListsService,
    ListCursors,
    LocalLists,
    ExternalLists,
    UserReposService,
    QuickSearch,
    RepoTags,
    RepoTagsStore,
    Facets,
    CardSearch,
    FacetCountsStore,
  ],
})
export class ListsModule {}
