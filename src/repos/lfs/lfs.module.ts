import { Module } from '@nestjs/common';
import { GitModule } from '../git/git.module.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { LfsBatchController } from './lfs-batch.controller.js';
import { LfsBatchService } from './lfs-batch.service.js';
import { LfsCopiesController } from './lfs-copies.controller.js';
import { LfsCopiesService } from './lfs-copies.service.js';
import { LfsDownloadsService } from './lfs-downloads.service.js';
import { LfsLinksService } from './lfs-links.service.js';
import { LfsTransferController } from './lfs-transfer.controller.js';
import { LfsUploadsService } from './lfs-uploads.service.js';

/** Large files over the LFS protocol: how they come in and go out. `LfsObjectsService` lies in the store, which takes them too. */
@Module({
  imports: [LocalStoreModule, GitModule],
  controllers: [LfsTransferController, LfsBatchController, LfsCopiesController],
  providers: [LfsBatchService, LfsLinksService, LfsUploadsService, LfsDownloadsService, LfsCopiesService],
  exports: [LocalStoreModule],
})
export class LfsModule {}
