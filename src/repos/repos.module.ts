import { Module } from '@nestjs/common';
import { FallbackModule } from '../fallback/resolver/fallback.module.js';
import { GitModule } from './git/git.module.js';
import { LifeModule } from './management/life.module.js';
import { LfsModule } from './lfs/lfs.module.js';
import { LocalAnswers } from './read/local-answers.service.js';
import { LocalStoreModule } from './store/local-store.module.js';
import { ReposController } from './read/repos.controller.js';
import { ReposService } from './read/repos.service.js';
import { SourceAnswers } from './read/source-answers.service.js';
import { SourceFiles } from './read/source-files.service.js';
import { XetModule } from './xet/xet.module.js';
import { WriteModule } from './write/write.module.js';

/** Repositories, the hub's own and its sources', as clients read them. */
@Module({
  imports: [LocalStoreModule, WriteModule, FallbackModule, LfsModule, LifeModule, XetModule, GitModule],
  controllers: [ReposController],
  providers: [ReposService, LocalAnswers, SourceAnswers, SourceFiles],
})
export class ReposModule {}
