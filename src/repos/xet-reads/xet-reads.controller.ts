import { Controller, Header, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { Route } from '../../platform/http/route.decorator.js';
import { sendReply } from '../../platform/http/send-reply.js';
import { ReconstructionsService } from './reconstructions.service.js';
import { XorbReads } from './xorb-reads.service.js';

const NO_STORE = ['Cache-Control', 'no-store'] as const;

/** The endpoints of the Xet protocol for downloads (docs/adr/0046). hf_xet requests version 2 first, `@huggingface/hub` only version 2. */
@Controller()
@ApiExcludeController()
export class XetReadsController {
  constructor(
    private readonly reconstructions: ReconstructionsService,
    private readonly xorbs: XorbReads,
  ) {}

  @Route('xet.reconstruction')
  @Header(...NO_STORE)
  v1(@Req() request: HubRequest, @Param('id') id: string): Promise<object> {
    return this.reconstructions.describe(1, id, request);
  }

  @Route('xet.reconstructionV2')
  @Header(...NO_STORE)
  v2(@Req() request: HubRequest, @Param('id') id: string): Promise<object> {
    return this.reconstructions.describe(2, id, request);
  }

  @Route('xet.xorbPart')
  async part(
    @Req() request: HubRequest,
    @Res() response: Response,
    @Param('capability') capability: string,
    @Param('part') part: string,
  ): Promise<void> {
    await sendReply(response, await this.xorbs.read(capability, part, request));
  }
}
