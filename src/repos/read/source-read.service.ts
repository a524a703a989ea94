import { Inject, Injectable } from '@nestjs/common';
import { FallbackMetrics } from '../../fallback/resolver/fallback-metrics.service.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import type { Question } from '../../fallback/resolver/question.js';
import type { Operation } from '../../domain/operation.js';
import { rewriteNextLink } from '../../domain/rewrite-link.js';
import { sourceHeaders, tagSource } from '../../domain/tag-source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { WireAnswer } from '../../platform/http/relay-reply.js';
import type { ClientInfo } from './client-info.js';
import { SourceFilesService, type FileQuestion } from './source-files.service.js';

/** Answers from sources, in the form clients expect of the hub itself. */
@Injectable()
export class SourceReadService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly resolver: FallbackResolver,
    private readonly files: SourceFilesService,
    private readonly metrics: FallbackMetrics,
  ) {}

  /** Undefined when no source may be asked. @throws HubError what the sources said */
  answer(question: Question, arrival: ClientInfo): Promise<WireAnswer | undefined> {
    return this.metrics.count(question.operation.kind, () => this.answerOf(question, arrival));
  }

  private async answerOf(question: Question, arrival: ClientInfo): Promise<WireAnswer | undefined> {
    if (isForFile(question)) return this.files.deliver(question, arrival);
    const answer = await this.resolver.answer(question);
    if (!answer) return undefined;
    const { source, reply } = answer;
    const link = rewriteNextLink(reply.headers['link'], source.url, { base: this.config.baseUrl, path: arrival.path });
    const total = reply.headers['x-total-count'];
    return {
      status: 200,
      headers: {
        ...sourceHeaders(source, reply.age),
        ...(link && { link }),
        ...(total !== undefined && { 'x-total-count': total }),
      },
      json: isRepository(question.operation) ? tagSource(reply.json, source) : reply.json,
    };
  }
}

const isForFile = (question: Question): question is FileQuestion => question.operation.kind === 'resolve';

const isRepository = ({ kind }: Operation): boolean => kind === 'info' || kind === 'revision';
