import { Module } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { FLEET, type Fleet } from '../../platform/cluster/fleet.js';
import { FleetModule } from '../../platform/cluster/fleet.module.js';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { AccountsService } from '../../users/accounts.service.js';
import { REPOSITORY_COUNTS } from '../../users/repository-counts.js';
import { UsersModule } from '../../users/users.module.js';
import { DirectUploadEntity } from './direct-upload.entity.js';
import { DirectUploadStore } from './direct-upload.store.js';
import { DirectUploads } from './direct-uploads.service.js';
import { LfsObjectsService } from './lfs-objects.service.js';
import { CardReader } from '../card/card-reader.service.js';
import { CardService } from './repo-card.service.js';
import { AbsentRepositories } from './absent-repositories.store.js';
import { BlobEntity } from './blob.entity.js';
import { CommitEntity } from './commit.entity.js';
import { CommitStore } from './commit.store.js';
import { CommitWriterService } from './commit-writer.service.js';
import { ContentEntity } from './content.entity.js';
import { ContentVault } from './content-vault.service.js';
import { ContentIntakeService } from './content-intake.service.js';
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
import { NewRepositoryService } from './new-repository.service.js';
import { ObjectStore } from './object.store.js';
import { RefEntity } from './ref.entity.js';
import { RefStore } from './ref.store.js';
import { RepoListStore } from './repo-list.store.js';
import { RepoStore } from './repo.store.js';
import { RepositoryAccess } from './repository-access.service.js';
import { RepositoryAliasEntity } from './repository-alias.entity.js';
import { RepositoryCatalogue } from './repository-catalogue.store.js';
import { RepositoryChanges } from './repository-changes.service.js';
import { RepositoryCountsStore } from './repository-counts.store.js';
import { RepositoryEntity } from './repository.entity.js';
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
    ContentIntakeService,
    CommitWriterService,
    CardService,
  ],
  useFactory: (
    database: DataSource,
    refs: RefStore,
    commits: CommitStore,
    objects: ObjectStore,
    intake: ContentIntakeService,
    writer: CommitWriterService,
    cards: CardService,
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
  provide: NewRepositoryService,
  inject: [getDataSourceToken(), RepoStore, RefStore, AccountsService, ContentIntakeService, CommitWriterService],
  useFactory: (
    database: DataSource,
    repos: RepoStore,
    refs: RefStore,
    accounts: AccountsService,
    intake: ContentIntakeService,
    writer: CommitWriterService,
  ) => new NewRepositoryService(database, { repos, refs }, accounts, intake, writer, clock),
};

const downloadCounts = {
  provide: DownloadCounts,
  inject: [DownloadStore],
  useFactory: (store: DownloadStore) => new DownloadCounts(store, clock),
};

/** An embedded database has no other writer; on a server there may be other replicas. */
const OTHERS_MAY_WRITE_MS = 1_000;

const absentRepositories = {
  provide: AbsentRepositories,
  inject: [HUB_CONFIG, FLEET],
  useFactory: (config: HubConfig, fleet: Fleet) =>
    new AbsentRepositories(config.databaseUrl ? OTHERS_MAY_WRITE_MS : 0, fleet),
};

/** The repositories that this hub has. */
@Module({
  imports: [
    FleetModule,
    StorageModule,
    UsersModule,
    TypeOrmModule.forFeature([
      ...[RepositoryEntity, RefEntity, CommitEntity, TreeEntity],
      ...[BlobEntity, LfsObjectEntity, EntryChangeEntity, ContentEntity, HistoryCutEntity],
      ...[RepositoryAliasEntity, DownloadDayEntity, DirectUploadEntity],
    ]),
  ],
  providers: [
    ...[CardReader, CardService],
    ...[RepoStore, RepoListStore, RepositoryCatalogue, RefStore, CommitStore, ObjectStore],
    ...[RevisionsService, LocalFilesService, LocalInfoService, LocalRefsService],
    ...[DirectUploadStore, DirectUploads],
    ...[ContentVault, LfsObjectsService, RepositoryAccess, RepositoryChanges],
    ...[ContentIntakeService, CommitWriterService, commitsService, newRepositoryService, rootCommitsService],
    ...[absentRepositories, DownloadStore, downloadCounts],
    { provide: REPOSITORY_COUNTS, useClass: RepositoryCountsStore },
    LocalRepositories,
  ],
  exports: [
    RepoListStore,
    RepoStore,
    RepositoryCatalogue,
    DownloadCounts,
    LocalRefsService,
    RootCommitsService,
    ...[CommitStore, ObjectStore, RefStore],
    RevisionsService,
    CardReader,
    LocalRepositories,
    RepositoryAccess,
    RepositoryChanges,
    ContentVault,
    LfsObjectsService,
    DirectUploads,
    REPOSITORY_COUNTS,
    StorageModule,
  ],
})
export class LocalStoreModule {}
