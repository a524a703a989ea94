import { Controller, Get, Next, Param, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Response } from 'express';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { gitRepository } from './git-address.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { sendReply } from '../../platform/http/send-reply.js';
import { GitAnswers } from './git-answers.service.js';
import { GitErrorFilter } from './git-error.filter.js';

type Id = readonly string[];

/** What `git clone` and `git fetch` ask, for ids of one segment and of two. GET also takes HEAD. */
@Controller()
@ApiExcludeController()
@UseFilters(GitErrorFilter)
export class GitController {
  constructor(private readonly git: GitAnswers) {}

  /** What there is to fetch. */
  @Get('*id/info/refs')
  async refs(
    @Param('id') id: Id,
    @Query('service') service: unknown,
    @Context() asking: RequestContext,
    @Res() response: Response,
    @Next() next: NextFunction,
  ): Promise<void> {
    const repo = gitRepository(id);
    if (repo) await sendReply(response, await this.git.refs(repo, service, asking));
    else next();
  }

  /** The objects that a client lacks. */
  @Post('*id/git-upload-pack')
  async uploadPack(
    @Param('id') id: Id,
    @Req() request: HubRequest,
    @Res() response: Response,
    @Next() next: NextFunction,
  ): Promise<void> {
    const repo = gitRepository(id);
    if (repo) await sendReply(response, await this.git.pack(repo, request.caller, request));
    else next();
  }
}
