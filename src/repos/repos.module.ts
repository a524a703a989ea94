import { Module } from '@nestjs/common';
import { FallbackModule } from '../fallback/fallback.module.js';
import { LocalAnswers } from './local-answers.service.js';
import { LocalStoreModule } from './local-store.module.js';
import { ReposController } from './repos.controller.js';
import { ReposService } from './repos.service.js';
import { SourceAnswers } from './source-answers.service.js';
import { SourceFiles } from './source-files.service.js';

/** Repositories, the hub's own and its sources', as clients read them. */
@Module({
  imports: [LocalStoreModule, FallbackModule],
  controllers: [ReposController],
  providers: [ReposService, LocalAnswers, SourceAnswers, SourceFiles],
})
export class ReposModule {}
