import { Injectable } from '@nestjs/common';
import type { NextFunction, Response } from 'express';
import type { FallbackRequest } from '../../fallback/resolver/fallback-request.js';
import type { Attempt } from '../../domain/attempt.js';
import { HubError } from '../../domain/hub-error.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { kindOfVerb, OPERATIONS } from '../../domain/operation.js';
import { parseRepoPath, type RepoPath } from '../../domain/parse-repo-path.js';
import { traceOf } from '../../fallback/resolver/trace.js';
import { readParsedBody } from '../../platform/http/parsed-body.js';
import { ROUTES } from '../../platform/http/routes/routes.js';
import { sendReply, type WireReply } from '../../platform/http/send-reply.js';
import { isTraceRequested, type HubRequest } from '../../platform/http/hub-request.js';
import { clientInfoOf, type ClientInfo } from './client-info.js';
import { ReadRequest } from './read-request.js';
import { LocalReadService } from './local-read.service.js';
import { isOllama, readForOllama } from './ollama-downloads.js';
import { SourceReadService } from './source-read.service.js';

/** Clients may accept the description of a file instead of the file. */
const VARY_ACCEPT = { vary: 'Accept' };

/** Serves reads of repositories: local repositories first, then sources (invariant 4: local wins absolutely). */
@Injectable()
export class ReadService {
  constructor(
    private readonly local: LocalReadService,
    private readonly sources: SourceReadService,
  ) {}

  /**
   * Handles a read. Calls `next` for URLs that are not reads of a repository.
   *
   * @throws HubError
   */
  async serve(request: HubRequest, response: Response, next: NextFunction): Promise<void> {
    const repoPath = parseRepoPath(request.originalUrl);
    if (!repoPath || (request.method === 'POST' && OPERATIONS[kindOfVerb(repoPath.verb)].method !== 'POST'))
      return next();
    request.routeName = readRoute(repoPath);
    request.repo = repoPath.repo;
    if (request.method === 'POST') request.body = await readParsedBody(request, ROUTES['repositories.pathsInfo'].body);
    const attempts = isTraceRequested(request) ? ([] as Attempt[]) : undefined;
    const readRequest = new ReadRequest(repoPath, request, response, attempts);
    try {
      const client = clientInfoOf(request, repoPath.path);
      const read = (as: ClientInfo): Promise<WireReply> => this.read(readRequest, as);
      const reply = isOllama(request.headers) ? await readForOllama(read, client) : await read(client);
      const vary = OPERATIONS[readRequest.operation.kind].takes === 'file' && VARY_ACCEPT;
      await sendReply(response, reply, { ...vary, ...(attempts && traceOf(attempts)) });
    } catch (error) {
      throw attempts && error instanceof HubError ? error.with({ headers: traceOf(attempts) }) : error;
    }
  }

  private async read(request: FallbackRequest, client: ClientInfo): Promise<WireReply> {
    const external = (): Promise<WireReply | undefined> => this.sources.read(request, client);
    const reply = (await this.local.read(request, client, external)) ?? (await external());
    if (!reply) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    return reply;
  }
}

/** The route pattern of a read, for logs, metrics and traces. Clients use several URL formats; all of them have the same pattern. */
function readRoute({ repo, verb }: Pick<RepoPath, 'repo' | 'verb'>): string {
  const { takes } = OPERATIONS[kindOfVerb(verb)];
  if (takes === 'file') return `${repo.type === 'model' ? '' : `/${repo.type}s`}/:id/${verb}/*rest`;
  const base = `/api/${repo.type}s/:id`;
  if (verb === 'info') return base;
  return takes === 'nothing' || takes === 'item' ? `${base}/${verb}` : `${base}/${verb}/*rest`;
}
