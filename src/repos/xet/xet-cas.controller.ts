import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { ShardsService } from './shards.service.js';
import { XorbsService } from './xorbs.service.js';

/**
 * The write side of Xet, as far as hf_xet needs it to upload (contract C.7). What it also tries is not here and answers 404, which it
 * takes well: chunks of others (nothing to save), and shards of version 2 (it goes on with version 1, and waits without a time-out).
 */
@Controller('xet/v1')
@ApiExcludeController()
export class XetCasController {
  constructor(
    private readonly xorbs: XorbsService,
    private readonly shards: ShardsService,
  ) {}

  @Post('xorbs/:prefix/:hash')
  @HttpCode(200)
  xorb(@Req() request: HubRequest, @Param('hash') hash: string): Promise<{ was_inserted: boolean }> {
    return this.xorbs.receive(request.grant, hash, request);
  }

  @Post('shards')
  @HttpCode(200)
  shard(@Req() request: HubRequest): Promise<{ result: 1 }> {
    return this.shards.register(request.grant, request);
  }
}
