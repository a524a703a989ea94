import { Controller, Next, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import type { HubRequest } from '../platform/http/hub-request.js';
import { isPageAddress, wantsPage } from './page-address.js';
import { pageHeaders } from './page-headers.js';
import { WebFiles } from './web-files.service.js';
import { Route } from '../platform/http/route.decorator.js';

/** Serves the web app: the same document for every page, and the app's files. */
@Controller()
@ApiExcludeController()
export class PagesController {
  constructor(private readonly files: WebFiles) {}

  @Route('pages.asset')
  asset(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction): void {
    this.files.asset(request, response, next);
  }

  @Route('pages.page')
  async page(
    @Param('path') path: string[] = [],
    @Req() { headers, urls }: HubRequest,
    @Res() response: Response,
    @Next() next: NextFunction,
  ): Promise<void> {
    const page = wantsPage(headers.accept, path) && isPageAddress(path) ? this.files.page(urls) : undefined;
    if (!page) return next();
    response.writeHead(200, pageHeaders(urls)).end(await page);
  }
}
