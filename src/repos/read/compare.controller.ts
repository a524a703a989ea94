import { Controller, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { CurrentCaller, Repo, Rest } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { FILE_SECURITY_HEADERS, sendReply } from '../../platform/http/send-reply.js';
import { ContentGate } from '../store/content-gate.service.js';
import { LocalComparison } from '../store/local-comparison.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { LocalOnlyInterceptor } from '../store/local-only.interceptor.js';

const TEXT = { 'content-type': 'text/plain; charset=utf-8', ...FILE_SECURITY_HEADERS };

/** Comparison of two revisions of a repository of this hub. */
@Controller()
@UseInterceptors(LocalOnlyInterceptor)
@ApiTags('repositories')
export class CompareController {
  constructor(
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly comparison: LocalComparison,
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
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    const found = await this.access.readable(repo, caller);
    const open = await this.gate.open(found, caller);
    const isRaw = /^(?:true|1)$/i.test(raw ?? '');
    const stream = await (isRaw ? this.comparison.rawDiff(open, range) : this.comparison.unifiedDiff(open, range));
    await sendReply(response, { status: 200, headers: TEXT, stream });
  }
}
