import { Controller, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import type { HubRequest } from '../platform/http/hub-request.js';
import { sendReply } from '../platform/http/send-reply.js';
import { ListPages } from './list-pages.service.js';
import { Route } from '../platform/http/route.decorator.js';

/** Lists of models, datasets and spaces. Their OpenAPI documentation is in `repos/read/read-openapi.ts`. */
@Controller()
@ApiExcludeController()
export class ListsController {
  constructor(private readonly pages: ListPages) {}

  @Route('lists.models')
  async models(@Req() request: HubRequest, @Res() response: Response): Promise<void> {
    await sendReply(response, await this.pages.getPage('model', request, response));
  }

  @Route('lists.datasets')
  async datasets(@Req() request: HubRequest, @Res() response: Response): Promise<void> {
    await sendReply(response, await this.pages.getPage('dataset', request, response));
  }

  @Route('lists.spaces')
  async spaces(@Req() request: HubRequest, @Res() response: Response): Promise<void> {
    await sendReply(response, await this.pages.getPage('space', request, response));
  }
}
