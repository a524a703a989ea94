import { Module } from '@nestjs/common';
import { GuardModule } from '../../fallback/guard/guard.module.js';
import { UsersModule } from '../../users/users.module.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { CommitBodyParser } from './commit-body-parser.service.js';
import { CommitsController } from './commits.controller.js';
import { CommitsService } from './commits.service.js';
import { FileRules } from './file-rules.service.js';
import { LargeFilesService } from './large-files.service.js';
import { PreuploadService } from './preupload.service.js';
import { WritableRepos } from './writable-repos.service.js';

/** Commits over HTTP. */
@Module({
  imports: [LocalStoreModule, UsersModule, GuardModule],
  controllers: [CommitsController],
  providers: [CommitBodyParser, CommitsService, FileRules, LargeFilesService, PreuploadService, WritableRepos],
  exports: [WritableRepos],
})
export class WriteModule {}
