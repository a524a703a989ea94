import { Controller, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { HubError } from '../../domain/hub-error.js';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { Repo, Rest } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { FILE_SECURITY_HEADERS, sendReply } from '../../platform/http/send-reply.js';
import { ContentGate } from '../store/content-gate.service.js';
import { LocalComparison } from '../store/local-comparison.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';

const TEXT = { 'content-type': 'text/plain; charset=utf-8', ...FILE_SECURITY_HEADERS };

/** Comparison of two revisions of a repository of this hub. */
@Controller()
@ApiTags('repositories')
export class CompareController {
  constructor(
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly comparison: LocalComparison,
    private readonly resolver: FallbackResolver,
  ) {}

  @Route('repositories.compare')
  @ApiOperation({
    summary: 'Compare two revisions (`before..after`), or a commit with its parent (`revision`)',
    description:
      'The response is a unified diff, in which large files are compared as their pointers, or a list of the files that differ.',
  })
  @ApiQuery({
    name: 'raw',
    required: false,
    type: Boolean,
    description: '`true`: list the files that differ, in the raw format of git with sizes',
  })
  @ApiProduces('text/plain')
  async compare(
    @Repo() repo: RepoId,
    @Rest() range: string,
    @Query('raw') raw: string | undefined,
    @Context() context: RequestContext,
    @Res() response: Response,
  ): Promise<void> {
    const { caller } = context;
    const found = await this.access.find(repo, caller);
    if (!found) throw await this.notHere(repo, context);
    const open = await this.gate.open(found, caller);
    const isRaw = /^(?:true|1)$/i.test(raw ?? '');
    const stream = await (isRaw ? this.comparison.rawDiff(open, range) : this.comparison.unifiedDiff(open, range));
    await sendReply(response, { status: 200, headers: TEXT, stream });
  }

  private async notHere(repo: RepoId, context: RequestContext): Promise<HubError> {
    const external = await this.resolver.resolve({ ...context, operation: { kind: 'info', repo, query: [] } });
    if (!external) return new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    const { name, url } = external.source;
    return new HubError(
      'NotImplemented',
      `The ${repo.type} "${repoFullName(repo)}" belongs to the source "${name}". Only repositories of this hub can be compared here. Compare revisions at ${url}.`,
    );
  }
}
