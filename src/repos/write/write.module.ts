import { Module } from '@nestjs/common';
import { LocalStoreModule } from '../store/local-store.module.js';
import { CommitBodyParser } from './commit-body-parser.service.js';
import { CommitsController } from './commits.controller.js';
import { CommitsService } from './commits.service.js';
import { FileRules } from './file-rules.service.js';
import { LargeFilesService } from './large-files.service.js';
import { PreuploadService } from './preupload.service.js';
import { PullRequestsGuard } from './pull-requests.guard.js';

/** Commits over HTTP. */
@Module({
  imports: [LocalStoreModule],
  controllers: [CommitsController],
  providers: [CommitBodyParser, CommitsService, FileRules, LargeFilesService, PreuploadService, PullRequestsGuard],
})
export class WriteModule {}
