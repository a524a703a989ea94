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
import { LocalRepositories } from './local-repositories.service.js';
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

const newRepositoryService = {
  provide: RepoCreationService,
  inject: [getDataSourceToken(), RepoStore, RefStore, AccountsService, ContentWriterService, CommitWriterService],
  useFactory: (
    database: DataSource,
    repos: RepoStore,
    refs: RefStore,
    accounts: AccountsService,
    intake: ContentWriterService,
    writer: CommitWriterService,
  ) => new RepoCreationService(database, { repos, refs }, accounts, intake, writer, clock),
};

const downloadCounts = {
  provide: DownloadCounts,
  inject: [DownloadStore],
  useFactory: (store: DownloadStore) => new DownloadCounts(store, clock),
};

/** An embedded database has no other writer; on a server there may be other replicas. */
const OTHERS_MAY_WRITE_MS = 1_000;

const absentRepositories = {
  provide: MissingRepoCache,
  inject: [HUB_CONFIG, FLEET],
  useFactory: (config: HubConfig, fleet: Fleet) =>
    new MissingRepoCache(config.databaseUrl ? OTHERS_MAY_WRITE_MS : 0, fleet),
};

/** The repositories that this hub has. */
@Module({
  imports: [
    FleetModule,
    StorageModule,
    UsersModule,
    TypeOrmModule.forFeature([
      ...[RepoEntity, RefEntity, CommitEntity, TreeEntity],
      ...[BlobEntity, LfsObjectEntity, EntryChangeEntity, ContentEntity, HistoryCutEntity],
      ...[RepoAliasEntity, DownloadDayEntity, DirectUploadEntity],
    ]),
  ],
  providers: [
    ...[CardParser, RepoCardService],
    ...[RepoStore, RepoListStore, AdminRepoListStore, RefStore, CommitStore, ObjectStore],
    ...[RevisionsService, LocalFilesService, LocalInfoService, LocalRefsService],
    ...[DirectUploadStore, DirectUploads],
    ...[ContentReferences, LfsObjectsService, RepoAccessService, RepoChangesService],
    ...[ContentWriterService, CommitWriterService, commitsService, newRepositoryService, rootCommitsService],
    ...[absentRepositories, DownloadStore, downloadCounts],
    { provide: REPO_COUNTS, useClass: RepoCountsStore },
    LocalRepositories,
  ],
  exports: [
    RepoListStore,
    RepoStore,
    AdminRepoListStore,
    DownloadCounts,
    LocalRefsService,
    RootCommitsService,
    ...[CommitStore, ObjectStore, RefStore],
    RevisionsService,
    CardParser,
    LocalRepositories,
    RepoAccessService,
    RepoChangesService,
    ContentReferences,
    LfsObjectsService,
    DirectUploads,
    REPO_COUNTS,
    StorageModule,
  ],
})
export class LocalStoreModule {}
