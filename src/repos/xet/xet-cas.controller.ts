import { Controller, HttpCode, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { clientAbortSignal } from '../../platform/http/send-reply.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { ShardsService } from './shards.service.js';
import { XorbsService } from './xorbs.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/**
 * The endpoints of the Xet protocol that hf_xet needs for uploads (contract C.7). It also tries two optional ones, which return 404 here: the
 * global deduplication query, and version 2 of shard uploads, after which it uses version 1 without a timeout.
 */
@Controller()
@ApiExcludeController()
export class XetCasController {
  constructor(
    private readonly xorbs: XorbsService,
    private readonly shards: ShardsService,
  ) {}

  @Route('xet.xorb')
  @HttpCode(200)
  xorb(@Req() request: HubRequest, @Param('hash') hash: string): Promise<{ was_inserted: boolean }> {
    return this.xorbs.receive(request.grant, hash, request);
  }

  @Route('xet.shard')
  @HttpCode(200)
  shard(@Req() request: HubRequest, @Res({ passthrough: true }) response: Response): Promise<{ result: 1 }> {
    return this.shards.register(request.grant, request, clientAbortSignal(response));
  }
}
