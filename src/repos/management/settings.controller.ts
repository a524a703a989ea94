import { Body, Controller, Header, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { FallbackTraceInterceptor } from '../../fallback/resolver/fallback-trace.interceptor.js';
import { PageContext, type PageRequest } from '../../fallback/resolver/request-context.decorator.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { LocalOnlyInterceptor } from '../store/local-only.interceptor.js';
import { AccessChecksService } from './access-checks.service.js';
import { SettingsResponseDto, SettingsDto } from './dto/settings.dto.js';
import { SettingsService } from './settings.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Settings of a repository, and checks of the caller's access to it. */
@Controller()
@ApiTags('repositories')
export class SettingsController {
  constructor(
    private readonly settings: SettingsService,
    private readonly checks: AccessChecksService,
  ) {}

  @Route('repositories.changeSettings')
  @ApiOperation({ summary: 'Update the visibility of a repository' })
  change(
    @Repo() repo: RepoId,
    @Body() body: SettingsDto,
    @CurrentCaller() caller: Caller,
  ): Promise<SettingsResponseDto> {
    return this.settings.change(repo, body, caller);
  }

  @Route('repositories.checkRead')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Check read access' })
  @UseInterceptors(FallbackTraceInterceptor)
  async checkRead(@Repo() repo: RepoId, @PageContext() { context, response }: PageRequest): Promise<string> {
    response.set(await this.checks.checkRead(repo, context));
    return 'OK';
  }

  @Route('repositories.checkWrite')
  @UseInterceptors(LocalOnlyInterceptor)
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Check write access' })
  checkWrite(@Repo() repo: RepoId, @CurrentCaller() caller: Caller): Promise<string> {
    return this.checks.checkWrite(repo, caller).then(() => 'OK');
  }
}
