import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { Question } from '../../fallback/resolver/question.js';
import type { Operation } from '../../domain/operation.js';
import { countsAsDownload } from './counts-as-download.js';
import { nextLink } from '../../domain/rewrite-link.js';
import { encodeQuery } from '../../domain/encode-path.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { WireAnswer } from '../../platform/http/relay-reply.js';
import { begun } from '../../platform/storage/begun.js';
import type { ClientInfo } from './client-info.js';
import { elsewhere, localFileResponse } from './local-file-response.js';
import { DownloadCounts } from '../store/download-counts.service.js';
import { LocalRepositories } from '../store/local-repositories.service.js';
import type { LocalRepo } from '../store/local-repo.js';

/** Answers from the hub's own repositories. What one of them says is final, its "not found" too (law 4). */
@Injectable()
export class LocalReadService {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly repositories: LocalRepositories,
    private readonly downloads: DownloadCounts,
  ) {}

  /** Undefined when there is no such repository here. @throws HubError also for one that the caller may not read */
  async answer({ operation, caller }: Question, arrival: ClientInfo): Promise<WireAnswer | undefined> {
    const repository = await this.repositories.find(operation.repo, caller);
    if (!repository) return undefined;
    const answer = await this.answerFrom(repository, operation, arrival);
    if (answer.stream instanceof Readable) await begun(answer.stream);
    if (operation.kind === 'resolve' && !arrival.shown && countsAsDownload(operation, answer))
      this.downloads.note(repository.id, caller.accountId ?? arrival.address);
    return answer;
  }

  private async answerFrom(
    repository: LocalRepo,
    operation: Operation,
    { path, stays }: ClientInfo,
  ): Promise<WireAnswer> {
    switch (operation.kind) {
      case 'resolve': {
        const file = await this.repositories.file(repository, operation.revision, operation.path, operation.raw);
        return elsewhere(localFileResponse(file, operation), operation, stays ? undefined : file.link);
      }
      case 'info':
        return json(await this.repositories.info(repository, operation.query));
      case 'revision':
        return json(await this.repositories.revision(repository, operation.rest, operation.query));
      case 'refs':
        return json(await this.repositories.refs(repository, operation.query));
      case 'pathsInfo':
        return json(await this.repositories.pathsInfo(repository, operation.rest, operation.paths, operation.expand));
      case 'tree': {
        const { entries, nextCursor } = await this.repositories.tree(repository, operation.rest, operation.query);
        return json(entries, this.next(path, operation, 'cursor', nextCursor));
      }
      case 'commits': {
        const { entries, total, nextPage } = await this.repositories.commits(
          repository,
          operation.rest,
          operation.query,
        );
        return json(entries, { 'x-total-count': String(total), ...this.next(path, operation, 'p', nextPage) });
      }
    }
  }

  /** The next page is this question again with one parameter more. */
  private next(
    path: string,
    { query }: Operation & { query: readonly (readonly [string, string])[] },
    name: string,
    value?: string | number,
  ): Record<string, string> {
    if (value === undefined) return {};
    const others = query.filter(([one]) => one !== name);
    return { link: nextLink(`${this.config.baseUrl}${path}${encodeQuery([...others, [name, String(value)]])}`) };
  }
}

const json = (body: unknown, headers: Record<string, string> = {}): WireAnswer => ({
  status: 200,
  headers,
  json: body,
});
