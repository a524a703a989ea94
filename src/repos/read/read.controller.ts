import { Controller, Next, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Response } from 'express';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { ReadService } from './read.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/**
 * Serves all reads of repositories. `parseRepoPath` parses the URLs instead of a route per format, because clients use several formats. GET
 * routes also handle HEAD. Documented in `read-openapi.ts`.
 */
@Controller()
@ApiExcludeController()
export class ReadController {
  constructor(private readonly reads: ReadService) {}

  @Route('repositories.compare')
  compare(@Req() request: HubRequest, @Res() response: Response, @Next() next: NextFunction): Promise<void> {
    return this.reads.serve(request, response, next);
  }

  @Route('repositories.read')
  read(@Req() request: HubRequest, @Res() response: Response, @Next() next: NextFunction): Promise<void> {
    return this.reads.serve(request, response, next);
  }

  @Route('repositories.pathsInfo')
  pathsInfo(@Req() request: HubRequest, @Res() response: Response, @Next() next: NextFunction): Promise<void> {
    return this.reads.serve(request, response, next);
  }
}
