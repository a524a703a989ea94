import { HttpCode } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { NameReview } from '../fallback/guard/name-review.service.js';
import { AuditLog } from '../platform/audit/audit-log.service.js';
import type { Caller } from '../domain/caller.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { AdminApi } from './admin-api.decorator.js';
import { ErrorDto, NameCountsDto, ScheduledDto } from './dto/outcome.dto.js';
import { Route } from '../platform/http/route.decorator.js';

/** Checks whether sources have repositories or organizations with the same names as local ones. */
@AdminApi()
export class NameChecksController {
  constructor(
    private readonly review: NameReview,
    private readonly audit: AuditLog,
  ) {}

  @Route('admin.names.count')
  @ApiOperation({
    summary: 'Count the local names that a source has too, that are not verified, and that will be checked',
  })
  @ApiOkResponse({ type: NameCountsDto })
  count(): Promise<NameCountsDto> {
    return this.review.count();
  }

  @Route('admin.names.check')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Check the names of all accounts and public repositories at the sources, in the background',
  })
  @ApiOkResponse({ type: ScheduledDto })
  @ApiConflictResponse({ type: ErrorDto, description: 'The namespace guard is off' })
  async checkAll(@CurrentCaller() caller: Caller): Promise<ScheduledDto> {
    const scheduled = await this.audit.attempt(
      caller,
      { action: 'hub.check_names' },
      { work: () => this.review.scheduleAll(), outcome: (names) => ({ names }) },
    );
    return { success: true, message: `${scheduled} names will be checked, about 50 per minute`, scheduled };
  }
}
