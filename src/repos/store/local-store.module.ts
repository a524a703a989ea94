import { Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { FLEET, type Fleet } from '../../platform/cluster/fleet.js';
import { FleetModule } from '../../platform/cluster/fleet.module.js';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { AccountsService } from '../../users/accounts.service.js';
import { REPO_COUNTS } from '../../users/repo-counts.js';
import { UsersModule } from '../../users/users.module.js';
import { DirectUploadEntity } from './direct-upload.entity.js';
import { DirectUploadStore } from './direct-upload.store.js';
import { DirectUploads } from './direct-uploads.service.js';
import { LfsObjectsService } from './lfs-objects.service.js';
import { CardParser } from '../card/card-parser.service.js';
import { RepoCardService } from './repo-card.service.js';
import { MissingRepoCache } from './missing-repo-cache.store.js';
import { BlobEntity } from './blob.entity.js';
import { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import { CommitWriterService } from './commit-writer.service.js';
import { ContentEntity } from './content.entity.js';
import { ContentReferences } from './content-references.service.js';
import { ContentWriterService } from './content-writer.service.js';
import { DownloadDayEntity } from './download-day.entity.js';
import { DownloadCounts } from './download-counts.service.js';
import { DownloadStore } from './download.store.js';
import { EntryChangeEntity } from './entry-change.entity.js';
import { HistoryCutEntity } from './history-cut.entity.js';
import { LfsObjectEntity } from './lfs-object.entity.js';
import { LocalCommitsService } from './local-commits.service.js';
import { LocalFilesService } from './local-files.service.js';
import { LocalInfoService } from './local-info.service.js';
import { LocalRefsService } from './local-refs.service.js';
import { RepoCreationService } from './repo-creation.service.js';
import { ObjectStore } from './object.store.js';
import { RefEntity } from './ref.entity.js';
import { RefStore } from './ref.store.js';
import { RepoListStore } from './repo-list.store.js';
import { RepoStore } from './repo.store.js';
import { RepoAccessService } from './repo-access.service.js';
import { RepoAliasEntity } from './repo-alias.entity.js';
import { AdminRepoListStore } from './admin-repo-list.store.js';
import { RepoChangesService } from './repo-changes.service.js';
import { RepoCountsStore } from './repo-counts.store.js';
import { RepoEntity } from './repo.entity.js';
import { RevisionsService } from './revisions.service.js';
import { RootCommitsService } from './root-commits.service.js';
import { TreeEntity } from './tree.entity.js';

const clock = (): Date => new Date();

const commitsService = {
  provide: LocalCommitsService,
  inject: [
    getDataSourceToken(),
    RefStore,
    CommitStore,
    ObjectStore,
    ContentWriterService,
    CommitWriterService,
    RepoCardService,
  ],
  useFactory: (
    database: DataSource,
    refs: RefStore,
    commits: CommitStore,
    objects: ObjectStore,
    intake: ContentWriterService,
    writer: CommitWriterService,
    cards: RepoCardService,
  ) => new LocalCommitsService(database, { refs, commits, objects }, intake, writer, cards, clock),
};

const rootCommitsService = {
  provide: RootCommitsService,
  inject: [getDataSourceToken(), RefStore, CommitStore, ObjectStore, LocalRefsService, CommitWriterService],
  useFactory: (
    database: DataSource,
    refs: RefStore,
    commits: CommitStore,
    objects: ObjectStore,
    localRefs: LocalRefsService,
    writer: CommitWriterService,
  ) => new RootCommitsService(database, { refs, commits, objects }, localRefs, writer, clock),
};

const repoCreationService = {
  provide: RepoCreationService,
  inject: [
    getDataSourceToken(),
    RepoStore,
    RefStore,
    MissingRepoCache,
    AccountsService,
    ContentWriterService,
    CommitWriterService,
  ],
  useFactory: (
    database: DataSource,
    repos: RepoStore,
    refs: RefStore,
    missing: MissingRepoCache,
    accounts: AccountsService,
    contents: ContentWriterService,
    commits: CommitWriterService,
  ) => new RepoCreationService(database, { repos, refs, missing }, accounts, contents, commits, clock),
};

const downloadCounts = {
  provide: DownloadCounts,
  inject: [DownloadStore],
  useFactory: (store: DownloadStore) => new DownloadCounts(store, clock),
};

/** On a database server, other replicas may create repositories. The embedded database has a single writer. */
const MISSING_REPO_TTL_MS = 1_000;

const missingRepoCache = {
  provide: MissingRepoCache,
  inject: [HUB_CONFIG, FLEET],
  useFactory: (config: HubConfig, fleet: Fleet) =>
    new MissingRepoCache(config.databaseUrl ? MISSING_REPO_TTL_MS : 0, fleet),
};

const ENTITIES = [
  RepoEntity,
  RepoAliasEntity,
  RefEntity,
  CommitEntity,
  TreeEntity,
  BlobEntity,
  LfsObjectEntity,
  EntryChangeEntity,
  ContentEntity,
  HistoryCutEntity,
  DownloadDayEntity,
  DirectUploadEntity,
];

/** Storage of local repositories: everything that other modules read and write goes through these providers. */
@Module({
  imports: [FleetModule, StorageModule, UsersModule, TypeOrmModule.forFeature(ENTITIES)],
  providers: [
    AdminRepoListStore,
    CardParser,
    CommitStore,
    CommitWriterService,
    ContentReferences,
    ContentWriterService,
    DirectUploadStore,
    DirectUploads,
    DownloadStore,
    LfsObjectsService,
    LocalFilesService,
    LocalInfoService,
    LocalRefsService,
    ObjectStore,
    RefStore,
    RepoAccessService,
    RepoCardService,
    RepoChangesService,
    RepoListStore,
    RepoStore,
    RevisionsService,
    commitsService,
    downloadCounts,
    missingRepoCache,
    repoCreationService,
    rootCommitsService,
    { provide: REPO_COUNTS, useClass: RepoCountsStore },
  ],
  exports: [
    AdminRepoListStore,
    CardParser,
    CommitStore,
    ContentReferences,
    DirectUploads,
    DownloadCounts,
    LfsObjectsService,
    LocalCommitsService,
    LocalFilesService,
    LocalInfoService,
    LocalRefsService,
    ObjectStore,
    REPO_COUNTS,
    RefStore,
    RepoAccessService,
    RepoChangesService,
    RepoCreationService,
    RepoListStore,
    RepoStore,
    RevisionsService,
    RootCommitsService,
    StorageModule,
  ],
})
export class LocalStoreModule {}
