import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { AuditModule } from '../../platform/audit/audit.module.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CLUSTER_BUS, type ClusterBus } from '../../platform/cluster/cluster-bus.js';
import { ClusterModule } from '../../platform/cluster/cluster.module.js';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { QuotaModule } from '../quota/quota.module.js';
import { LIKED_REPOS } from '../../users/liked-repos.js';
import { REPO_COUNTS } from '../../users/repo-counts.js';
import { UsersModule } from '../../users/users.module.js';
import { AccessRequestStore } from './access-request.store.js';
import { ContentGate } from './content-gate.service.js';
import { DirectUploadStore } from './direct-upload.store.js';
import { DirectUploads } from './direct-uploads.service.js';
import { AccessGrants } from './access-grants.store.js';
import { LfsObjectsService } from './lfs-objects.service.js';
import { CardParser } from '../card/card-parser.service.js';
import { RepoCardService } from './repo-card.service.js';
import { MissingRepoCache } from './missing-repo-cache.store.js';
import { CommitStore } from './commit.store.js';
import { CommitWriterService } from './commit-writer.service.js';
import { ContentReferences } from './content-references.service.js';
import { CommitLfsObjects } from './commit-lfs-objects.service.js';
import { DamagedContent } from './damaged-content.service.js';
import { ContentWriterService } from './content-writer.service.js';
import { DownloadCounts } from './download-counts.service.js';
import { DOWNLOAD_PROVIDERS } from './download-providers.js';
import { UsageStore } from './usage.store.js';
import { ExternalRefusals } from './external-refusals.service.js';
import { FileContents } from './file-contents.service.js';
import { FolderSizes } from './folder-sizes.service.js';
import { HistoryRewriter } from './history-rewriter.service.js';
import { CommitStores } from './commit-stores.service.js';
import { LocalCommitsService } from './local-commits.service.js';
import { LikeStore } from './like.store.js';
import { LocalComparison } from './local-comparison.service.js';
import { LocalFilesService } from './local-files.service.js';
import { LocalInfoService } from './local-info.service.js';
import { LocalRefsService } from './local-refs.service.js';
import { ModelFactsService } from './model-facts.service.js';
import { MODEL_PROVIDERS } from './model-providers.js';
import { OllamaTemplates } from '../facts/ollama-templates.service.js';
import { RepoCreationService, RepoCreationStores } from './repo-creation.service.js';
import { ObjectStore } from './object.store.js';
import { ReachableCommits } from './reachable-commits.store.js';
import { ReadableObjectsService } from './readable-objects.service.js';
import { RefStore } from './ref.store.js';
import { CardTextStore } from './card-text.store.js';
import { CardTexts } from './card-texts.service.js';
import { RepoListStore } from './repo-list.store.js';
import { RepoStore } from './repo.store.js';
import { RepoAccessService } from './repo-access.service.js';
import { AdminRepoListStore } from './admin-repo-list.store.js';
import { RepoChangesService } from './repo-changes.service.js';
import { RepoCountsStore } from './repo-counts.store.js';
import { RepoCopyStore } from './repo-copy.store.js';
import { RepoDuplicationService } from './repo-duplication.service.js';
import { RevisionsService } from './revisions.service.js';
import { STORE_ENTITIES } from './store-entities.js';
import { RootCommitsService } from './root-commits.service.js';

/** On a database server, other replicas may create repositories. The embedded database has a single writer. */
const MISSING_REPO_TTL_MS = 1_000;

const missingRepoCache = {
  provide: MissingRepoCache,
  inject: [HUB_CONFIG, CLUSTER_BUS],
  useFactory: (config: HubConfig, cluster: ClusterBus) =>
    new MissingRepoCache(config.databaseUrl ? MISSING_REPO_TTL_MS : Infinity, cluster),
};

/** Storage of local repositories: everything that other modules read and write goes through these providers. */
@Module({
  imports: [
    AuditModule,
    ClusterModule,
    FallbackModule,
    StorageModule,
    QuotaModule,
    UsersModule,
    TypeOrmModule.forFeature(STORE_ENTITIES),
  ],
  providers: [
    AccessRequestStore,
    ContentGate,
    AdminRepoListStore,
    CardParser,
    CardTexts,
    CardTextStore,
    CommitStore,
    CommitWriterService,
    CommitStores,
    ContentReferences,
    CommitLfsObjects,
    ContentWriterService,
    DamagedContent,
    DirectUploadStore,
    DirectUploads,
    ...DOWNLOAD_PROVIDERS,
    ExternalRefusals,
    FileContents,
    FolderSizes,
    HistoryRewriter,
    LfsObjectsService,
    LikeStore,
    AccessGrants,
    LocalCommitsService,
    LocalComparison,
    LocalFilesService,
    LocalInfoService,
    LocalRefsService,
    ...MODEL_PROVIDERS,
    ObjectStore,
    ReachableCommits,
    ReadableObjectsService,
    RefStore,
    RepoAccessService,
    RepoCardService,
    RepoChangesService,
    RepoCreationService,
    RepoCreationStores,
    RepoCopyStore,
    RepoDuplicationService,
    RepoListStore,
    RepoStore,
    RevisionsService,
    RootCommitsService,
    missingRepoCache,
    { provide: REPO_COUNTS, useClass: RepoCountsStore },
    { provide: LIKED_REPOS, useExisting: LikeStore },
  ],
  exports: [
    CardTextStore,
    UsageStore,
    AccessRequestStore,
    ContentGate,
    AdminRepoListStore,
    CardParser,
    CommitStore,
    ContentReferences,
    DamagedContent,
    DirectUploads,
    DownloadCounts,
    ExternalRefusals,
    HistoryRewriter,
    LfsObjectsService,
    FolderSizes,
    LikeStore,
    AccessGrants,
    LocalCommitsService,
    LocalComparison,
    LocalFilesService,
    LocalInfoService,
    LocalRefsService,
    ModelFactsService,
    OllamaTemplates,
    ObjectStore,
    REPO_COUNTS,
    LIKED_REPOS,
    ReachableCommits,
    ReadableObjectsService,
    RefStore,
    RepoAccessService,
    RepoChangesService,
    RepoCreationService,
    RepoDuplicationService,
    RepoListStore,
    RepoStore,
    RevisionsService,
    RootCommitsService,
    AuditModule,
    StorageModule,
    QuotaModule,
  ],
})
export class LocalStoreModule {}
