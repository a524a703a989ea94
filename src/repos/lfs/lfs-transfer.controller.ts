import { Body, Controller, Header, HttpCode, Param, ParseIntPipe, Req, Res, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { quotedEtag } from '../../platform/http/etag.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { sendReply } from '../../platform/http/send-reply.js';
import { CompletionDto } from './dto/completion.dto.js';
import { VerifyDto } from './dto/verify.dto.js';
import { LfsDownloadsService } from './lfs-downloads.service.js';
import { LfsErrorFilter } from './lfs-error.filter.js';
import { LfsUploadsService } from './lfs-uploads.service.js';
import { Route } from '../../platform/http/route.decorator.js';

const NO_STORE = ['Cache-Control', 'no-store'] as const;

/** Transfers large files through links of the batch API. The link grants the permission. */
@ApiTags('lfs')
@Controller()
@UseFilters(LfsErrorFilter)
export class LfsTransferController {
  constructor(
    private readonly uploads: LfsUploadsService,
    private readonly downloads: LfsDownloadsService,
  ) {}

  /** Uploads a large file. */
  @Route('lfs.upload')
  @Header(...NO_STORE)
  put(@Param('capability') capability: string, @Req() request: HubRequest): Promise<void> {
    return this.uploads.put(capability, request);
  }

  /** Uploads one part of a large file. The response's `ETag` is needed to complete the upload. */
  @Route('lfs.uploadPart')
  @Header(...NO_STORE)
  async putPart(
    @Param('capability') capability: string,
    @Param('number', ParseIntPipe) number: number,
    @Req() request: HubRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    response.setHeader('ETag', quotedEtag(await this.uploads.putPart(capability, number, request)));
  }

  /** Completes a multipart upload. */
  @Route('lfs.complete')
  @HttpCode(200)
  @Header(...NO_STORE)
  async complete(
    @Param('capability') capability: string,
    @Body() completion: CompletionDto,
    @Req() request: HubRequest,
  ): Promise<object> {
    await this.uploads.complete(capability, completion, request);
    return {};
  }

  /** Confirms that a large file has been uploaded. Optional. */
  @Route('lfs.verify')
  @HttpCode(200)
  @Header(...NO_STORE)
  async verify(@Param('capability') capability: string, @Body() object: VerifyDto): Promise<object> {
    await this.uploads.verify(capability, object);
    return {};
  }

  /** Downloads a large file. Supports `Range`. */
  @Route('lfs.download')
  async download(
    @Param('capability') capability: string,
    @Req() request: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    await sendReply(response, await this.downloads.download(capability, request));
  }
}
