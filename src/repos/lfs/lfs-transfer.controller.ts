import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
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

const NO_STORE = ['Cache-Control', 'no-store'] as const;

/** Where the bytes of large files move, by the links of a batch. The link is the permission. */
@ApiTags('lfs')
@Controller('lfs')
@UseFilters(LfsErrorFilter)
export class LfsTransferController {
  constructor(
    private readonly uploads: LfsUploadsService,
    private readonly downloads: LfsDownloadsService,
  ) {}

  /** Takes a large file as the body. */
  @Put('upload/:capability')
  @Header(...NO_STORE)
  put(@Param('capability') capability: string, @Req() request: HubRequest): Promise<void> {
    return this.uploads.put(capability, request);
  }

  /** Takes one part of a large file as the body; the answer's ETag names it. */
  @Put('upload/:capability/parts/:number')
  @Header(...NO_STORE)
  async putPart(
    @Param('capability') capability: string,
    @Param('number', ParseIntPipe) number: number,
    @Req() request: HubRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    response.setHeader('ETag', quotedEtag(await this.uploads.putPart(capability, number, request)));
  }

  /** All parts are there: makes them one file. */
  @Post('upload/:capability/complete')
  @HttpCode(200)
  @Header(...NO_STORE)
  async complete(@Param('capability') capability: string, @Body() { oid, parts }: CompletionDto): Promise<object> {
    await this.uploads.complete(capability, oid, parts);
    return {};
  }

  /** Whether an upload has arrived. Nothing depends on asking. */
  @Post('verify/:capability')
  @HttpCode(200)
  @Header(...NO_STORE)
  async verify(@Param('capability') capability: string, @Body() object: VerifyDto): Promise<object> {
    await this.uploads.verify(capability, object);
    return {};
  }

  /** A large file's bytes; understands Range. */
  @Get('download/:capability')
  async download(
    @Param('capability') capability: string,
    @Req() { headers }: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    await sendReply(response, await this.downloads.answer(capability, headers));
  }
}
