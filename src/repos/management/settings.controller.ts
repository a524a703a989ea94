import { Body, Controller, Get, Header, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { SettingsAnswerDto, SettingsDto } from './dto/settings.dto.js';
import { SettingsService } from './settings.service.js';

/** Settings of a repository, and checks of the caller's access to it. */
@Controller('api/:types/:namespace/:name')
@ApiTags('repositories')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Put('settings')
  @ApiOperation({ summary: 'Update the visibility of a repository' })
  change(@Repo() repo: RepoId, @Body() body: SettingsDto, @CurrentCaller() caller: Caller): Promise<SettingsAnswerDto> {
    return this.settings.change(repo, body, caller);
  }

  @Get('auth-check')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Check read access' })
  checkRead(@Repo() repo: RepoId, @CurrentCaller() caller: Caller): Promise<string> {
    return this.settings.checkRead(repo, caller).then(() => 'OK');
  }

  @Get('auth-check/write')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Check write access' })
  checkWrite(@Repo() repo: RepoId, @CurrentCaller() caller: Caller): Promise<string> {
    return this.settings.checkWrite(repo, caller).then(() => 'OK');
  }
}
