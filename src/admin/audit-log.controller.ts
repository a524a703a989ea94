import { Body, Header, HttpCode, Query, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../domain/caller.js';
import { AuditRedaction } from '../platform/audit/audit-redaction.service.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { Route } from '../platform/http/route.decorator.js';
import { sendReply } from '../platform/http/send-reply.js';
import { AuditPages } from '../users/api/audit-pages.service.js';
import { AuditPageDto } from '../users/api/dto/audit-event.dto.js';
import { AuditExportDto, AuditQueryDto } from '../users/api/dto/audit-query.dto.js';
import { AdminApi } from './admin-api.decorator.js';
import { RedactDto, RedactedDto } from './dto/redaction.dto.js';
import { ErrorDto } from './dto/outcome.dto.js';

/** The audit log of the whole hub. */
@AdminApi()
export class AuditLogAdminController {
  constructor(
    private readonly pages: AuditPages,
    private readonly redaction: AuditRedaction,
  ) {}

  @Route('admin.audit.list')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'List the audit log, newest event first' })
  @ApiOkResponse({ type: AuditPageDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  list(@Query() query: AuditQueryDto): Promise<AuditPageDto> {
    return this.pages.page(query);
  }

  @Route('admin.audit.redact')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Remove the name of a person from the audit log',
    description:
      'Replaces the name with a pseudonym in all events, and deletes the network addresses and clients of the person. The events remain. Cannot be undone.',
  })
  @ApiOkResponse({ type: RedactedDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async redact(@Body() { name }: RedactDto, @CurrentCaller() caller: Caller): Promise<RedactedDto> {
    const { pseudonym, events } = await this.redaction.redact(name, caller);
    return {
      success: true,
      message: `The name was replaced with "${pseudonym}" in ${events} events`,
      pseudonym,
      events,
    };
  }

  @Route('admin.audit.export')
  @ApiOperation({ summary: 'Download the audit log as JSON Lines, newest event first' })
  @ApiBadRequestResponse({ type: ErrorDto })
  async export(@Query() query: AuditExportDto, @Res() response: Response): Promise<void> {
    await sendReply(response, this.pages.lines(query));
  }
}
