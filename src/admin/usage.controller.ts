import { Query, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Response } from 'express';
import { Route } from '../platform/http/route.decorator.js';
import { sendReply } from '../platform/http/send-reply.js';
import { UsageQueryDto, UsageReportDto } from '../repos/management/dto/usage.dto.js';
import { UsageReports } from '../repos/management/usage-reports.service.js';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto } from './dto/outcome.dto.js';

/** Downloads and bytes of all repositories, local and external. */
@AdminApi()
export class UsageAdminController {
  constructor(private readonly reports: UsageReports) {}

  @Route('admin.usage')
  @ApiOperation({ summary: 'Get downloads and bytes by day, source, person or repository' })
  @ApiOkResponse({ type: UsageReportDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async report(@Query() query: UsageQueryDto, @Res() response: Response): Promise<void> {
    await sendReply(response, await this.reports.reply(query));
  }
}
