import { Injectable } from '@nestjs/common';
import type { NextFunction, Response } from 'express';
import type { Question } from '../../fallback/resolver/question.js';
import type { Attempt } from '../../domain/attempt.js';
import { HubError } from '../../domain/hub-error.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { parseRepoPath } from '../../domain/parse-repo-path.js';
import { readRoute } from './read-route.js';
import { isPreview, mustProxy } from '../store/client-headers.js';
import { traceOf } from '../../fallback/resolver/trace.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { relayReply, type WireAnswer } from '../../platform/http/relay-reply.js';
import { wantsTrace } from '../../platform/http/wants-trace.js';
import type { ClientInfo } from './client-info.js';
import { ClientQuestion } from './client-question.js';
import { LocalReadService } from './local-read.service.js';
import { SourceReadService } from './source-read.service.js';

/** Reads of repositories: the hub's own first, and those it lacks from their sources (law 4). */
@Injectable()
export class ReadService {
  constructor(
    private readonly local: LocalReadService,
    private readonly sources: SourceReadService,
  ) {}

  /** What is no read of a repository is left to the routes behind this one. @throws HubError */
  async serve(request: HubRequest, response: Response, next: NextFunction): Promise<void> {
    const path = parseRepoPath(request.originalUrl);
    if (!path) return next();
    request.routeName = readRoute(path);
    const attempts = wantsTrace(request) ? ([] as Attempt[]) : undefined;
    const question = new ClientQuestion(path, request, response, attempts);
    try {
      const answer = await this.answer(question, {
        path: path.asked,
        host: request.hostname,
        address: request.socket.remoteAddress ?? '',
        stays: mustProxy(request.headers),
        shown: isPreview(request.headers),
      });
      await relayReply(response, answer, attempts && traceOf(attempts));
    } catch (error) {
      throw attempts && error instanceof HubError ? error.with({ headers: traceOf(attempts) }) : error;
    }
  }

  private async answer(question: Question, arrival: ClientInfo): Promise<WireAnswer> {
    const answer = (await this.local.answer(question, arrival)) ?? (await this.sources.answer(question, arrival));
    if (!answer) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    return answer;
  }
}
