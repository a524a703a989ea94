import { Controller, Get, Next, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Response } from 'express';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { ReadService } from './read.service.js';

const API = ['api/models/*rest', 'api/datasets/*rest', 'api/spaces/*rest'];
const FILES = ['*id/resolve/*rest', '*id/raw/*rest'];

/**
 * Every read of a repository, in all spellings that clients use: one rule (`parseRepoPath`) tells them apart, not many routes. GET also
 * takes HEAD. Documented in `app.docs.ts`.
 */
@Controller()
@ApiExcludeController()
export class ReadController {
  constructor(private readonly repos: ReadService) {}

  @Get([...API, ...FILES])
  read(@Req() request: HubRequest, @Res() response: Response, @Next() next: NextFunction): Promise<void> {
    return this.repos.serve(request, response, next);
  }

  @Post(API)
  pathsInfo(@Req() request: HubRequest, @Res() response: Response, @Next() next: NextFunction): Promise<void> {
    return this.repos.serve(request, response, next);
  }
}
