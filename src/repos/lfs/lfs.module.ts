import { Module } from '@nestjs/common';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { ClusterModule } from '../../platform/cluster/cluster.module.js';
import { GitModule } from '../git/git.module.js';
import { XetModule } from '../xet/xet.module.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { LfsBatchController } from './lfs-batch.controller.js';
import { LfsBatchService } from './lfs-batch.service.js';
import { LfsCopiesController } from './lfs-copies.controller.js';
import { LfsCopiesService } from './lfs-copies.service.js';
import { LfsDownloadsService } from './lfs-downloads.service.js';
import { LfsFileNames } from './lfs-file-names.service.js';
import { LfsFilesController } from './lfs-files.controller.js';
import { LfsFiles } from './lfs-files.service.js';
import { LfsFilesStore } from './lfs-files.store.js';
import { LfsLinksService } from './lfs-links.service.js';
import { LfsXetService } from './lfs-xet.service.js';
import { LfsTransferController } from './lfs-transfer.controller.js';
import { LfsUploadsService } from './lfs-uploads.service.js';

/** Uploads and downloads of large files over the Git LFS protocol. `LfsObjectsService` is in the store module, which uses it as well. */
@Module({
  imports: [ClusterModule, LocalStoreModule, GitModule, XetModule, FallbackModule],
  controllers: [LfsTransferController, LfsBatchController, LfsCopiesController, LfsFilesController],
  providers: [
    LfsBatchService,
    LfsLinksService,
    LfsUploadsService,
    LfsDownloadsService,
    LfsCopiesService,
    LfsFileNames,
    LfsFiles,
    LfsFilesStore,
    LfsXetService,
  ],
  exports: [LocalStoreModule, LfsUploadsService],
})
export class LfsModule {}
