import { Controller, Header, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { CurrentCaller } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { sendReply } from '../../platform/http/send-reply.js';
import type { AccountEntity } from '../account.entity.js';
import { AccountsService } from '../accounts.service.js';
import { AuditPages } from './audit-pages.service.js';
import { AuditPageDto } from './dto/audit-event.dto.js';
import { AuditExportDto, AuditQueryDto } from './dto/audit-query.dto.js';

/** The audit logs of organizations, for their admins. */
@ApiTags('accounts')
@Controller()
export class AuditLogController {
  constructor(
    private readonly pages: AuditPages,
    private readonly accounts: AccountsService,
  ) {}

  @Route('organizations.auditLog')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'List the audit log of an organization, newest event first. Requires the admin role.' })
  async list(
    @Param('name') name: string,
    @Query() query: AuditQueryDto,
    @CurrentCaller() caller: Caller,
  ): Promise<AuditPageDto> {
    const { id } = await this.administered(name, caller);
    return this.pages.page(query, { ownerId: id });
  }

  @Route('organizations.auditLogExport')
  @ApiOperation({
    summary:
      'Download the audit log of an organization, in the format of the Hub or as JSON Lines. Requires the admin role.',
    description: 'The response is a JSON array, or JSON Lines with `Accept: application/x-ndjson`.',
  })
  async export(
    @Param('name') name: string,
    @Query() query: AuditExportDto,
    @Req() request: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    const organization = await this.administered(name, request.caller);
    const isLines = request.headers.accept === 'application/x-ndjson';
    const reply = isLines
      ? this.pages.lines(query, { ownerId: organization.id })
      : this.pages.hubExport(query, organization);
    await sendReply(response, reply);
  }

  private administered(name: string, caller: Caller): Promise<AccountEntity> {
    return this.accounts.requireAdministered(caller, { kind: 'organization', name }, 'org.read');
  }
}
