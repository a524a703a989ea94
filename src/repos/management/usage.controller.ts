import { Controller, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { sendReply } from '../../platform/http/send-reply.js';
import { UsageQueryDto, UsageReportDto } from './dto/usage.dto.js';
import { UsageReports } from './usage-reports.service.js';

/** Downloads and bytes of repositories and organizations, for their admins. */
@ApiTags('repositories')
@Controller()
export class UsageController {
  constructor(private readonly reports: UsageReports) {}

  @Route('repositories.usage')
  @ApiOperation({ summary: 'Get downloads and bytes of a repository by day, source or person' })
  @ApiOkResponse({ type: UsageReportDto })
  async ofRepository(
    @Repo() repo: RepoId,
    @Query() query: UsageQueryDto,
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    await sendReply(response, await this.reports.ofRepository(repo, query, caller));
  }

  @Route('organizations.usage')
  @ApiOperation({ summary: 'Get downloads and bytes of the repositories of an organization' })
  @ApiOkResponse({ type: UsageReportDto })
  async ofOrganization(
    @Param('name') name: string,
    @Query() query: UsageQueryDto,
    @CurrentCaller() caller: Caller,
    @Res() response: Response,
  ): Promise<void> {
    await sendReply(response, await this.reports.ofOrganization(name, query, caller));
  }
}
