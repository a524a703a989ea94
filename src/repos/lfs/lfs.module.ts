import { Module } from '@nestjs/common';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { GitModule } from '../git/git.module.js';
import { XetModule } from '../xet/xet.module.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { LfsBatchController } from './lfs-batch.controller.js';
import { LfsBatchService } from './lfs-batch.service.js';
import { LfsCopiesController } from './lfs-copies.controller.js';
import { LfsCopiesService } from './lfs-copies.service.js';
import { LfsDownloadsService } from './lfs-downloads.service.js';
import { LfsLinksService } from './lfs-links.service.js';
import { LfsXetService } from './lfs-xet.service.js';
import { LfsTransferController } from './lfs-transfer.controller.js';
import { LfsUploadsService } from './lfs-uploads.service.js';

/** Uploads and downloads of large files over the Git LFS protocol. `LfsObjectsService` is in the store module, which uses it as well. */
@Module({
  imports: [LocalStoreModule, GitModule, XetModule, FallbackModule],
  controllers: [LfsTransferController, LfsBatchController, LfsCopiesController],
  providers: [
    LfsBatchService,
    LfsLinksService,
    LfsUploadsService,
    LfsDownloadsService,
    LfsCopiesService,
    LfsXetService,
  ],
  exports: [LocalStoreModule, LfsUploadsService],
})
export class LfsModule {}
