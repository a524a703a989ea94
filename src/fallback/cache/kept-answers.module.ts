import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClusterModule } from '../../platform/cluster/cluster.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { KeptAnswerEntity } from './kept-answer.entity.js';
import { KeptAnswerStore } from './kept-answer.store.js';
import { KeptAnswers } from './kept-answers.service.js';

/** Replies of sources in the database. */
@Module({
  imports: [ClusterModule, UpstreamModule, TypeOrmModule.forFeature([KeptAnswerEntity])],
  providers: [KeptAnswerStore, KeptAnswers],
  exports: [KeptAnswers, KeptAnswerStore],
})
export class KeptAnswersModule {}
