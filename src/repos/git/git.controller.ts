import { Controller, Next, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Response } from 'express';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { parseGitAddress } from './git-address.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { sendReply } from '../../platform/http/send-reply.js';
import { GitErrorFilter } from './git-error.filter.js';
import { GitService } from './git.service.js';
import { Route } from '../../platform/http/route.decorator.js';

type PathSegments = readonly string[];

/** The endpoints of `git clone` and `git fetch`. Paths have one to three segments. The GET route also handles HEAD. */
@Controller()
@ApiExcludeController()
@UseFilters(GitErrorFilter)
export class GitController {
  constructor(private readonly git: GitService) {}

  /** The refs of a repository. */
  @Route('git.refs')
  async refs(
    @Param('id') id: PathSegments,
    @Req() request: HubRequest,
    @Context() context: RequestContext,
    @Res() response: Response,
    @Next() next: NextFunction,
  ): Promise<void> {
    const repo = parseGitAddress(id);
    if (!repo) return next();
    request.repo = repo;
    await sendReply(response, await this.git.advertiseRefs(repo, request.query['service'], context, request));
  }

  /** The objects that a client is missing. */
  @Route('git.uploadPack')
  async uploadPack(
    @Param('id') id: PathSegments,
    @Req() request: HubRequest,
    @Res() response: Response,
    @Next() next: NextFunction,
  ): Promise<void> {
    const repo = parseGitAddress(id);
    if (!repo) return next();
    request.repo = repo;
    await sendReply(response, await this.git.uploadPack(repo, request.caller, request));
  }
}
