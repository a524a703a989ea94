import { Header, Query, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Response } from 'express';
import { Route } from '../platform/http/route.decorator.js';
import { sendReply } from '../platform/http/send-reply.js';
import { AuditPages } from '../users/api/audit-pages.service.js';
import { AuditPageDto } from '../users/api/dto/audit-event.dto.js';
import { AuditExportDto, AuditQueryDto } from '../users/api/dto/audit-query.dto.js';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto } from './dto/outcome.dto.js';

/** The audit log of the whole hub. */
@AdminApi()
export class AuditLogAdminController {
  constructor(private readonly pages: AuditPages) {}

  @Route('admin.audit.list')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'List the audit log, newest event first' })
  @ApiOkResponse({ type: AuditPageDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  list(@Query() query: AuditQueryDto): Promise<AuditPageDto> {
    return this.pages.page(query);
  }

  @Route('admin.audit.export')
  @ApiOperation({ summary: 'Download the audit log as JSON Lines, newest event first' })
  @ApiBadRequestResponse({ type: ErrorDto })
  async export(@Query() query: AuditExportDto, @Res() response: Response): Promise<void> {
    await sendReply(response, this.pages.lines(query));
  }
}
