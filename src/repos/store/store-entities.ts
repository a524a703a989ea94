import { AccessRequestEntity } from './access-request.entity.js';
import { DirectUploadEntity } from './direct-upload.entity.js';
import { BlobEntity } from './blob.entity.js';
import { CardTextEntity } from './card-text.entity.js';
import { CommitEntity } from './commit.entity.js';
import { ContentEntity } from './content.entity.js';
import { DownloadDayEntity } from './download-day.entity.js';
import { UsageDayEntity } from './usage-day.entity.js';
import { EntryChangeEntity } from './entry-change.entity.js';
import { HistoryCutEntity } from './history-cut.entity.js';
import { LfsObjectEntity } from './lfs-object.entity.js';
import { LikeEntity } from './like.entity.js';
import { MODEL_ENTITIES } from './model-providers.js';
import { RefEntity } from './ref.entity.js';
import { RepoAliasEntity } from './repo-alias.entity.js';
import { RepoEntity } from './repo.entity.js';
import { RepositorySizeChangeEntity, RepositorySizeEntity } from './repository-size.entity.js';
import { TreeEntity } from './tree.entity.js';

/** The tables of local repositories. */
export const STORE_ENTITIES = [
  RepoEntity,
  RepositorySizeEntity,
  RepositorySizeChangeEntity,
  RepoAliasEntity,
  AccessRequestEntity,
  RefEntity,
  CommitEntity,
  TreeEntity,
  BlobEntity,
  LfsObjectEntity,
  EntryChangeEntity,
  ContentEntity,
  HistoryCutEntity,
  DownloadDayEntity,
  UsageDayEntity,
  DirectUploadEntity,
  ...MODEL_ENTITIES,
  LikeEntity,
  CardTextEntity,
];
