import { Body, Controller, Get, Header, Put } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { Asker, Repo } from '../../platform/http/repo.decorator.js';
import { SettingsAnswerDto, SettingsDto } from './dto/settings.dto.js';
import { SettingsService } from './settings.service.js';

/** A repository's settings, and what the caller may do with it. */
@Controller('api/:types/:namespace/:name')
@ApiTags('repositories')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Put('settings')
  @ApiOperation({ summary: 'Change who may see a repository' })
  change(@Repo() repo: RepoId, @Body() body: SettingsDto, @Asker() caller: Caller): Promise<SettingsAnswerDto> {
    return this.settings.change(repo, body, caller);
  }

  @Get('auth-check')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'May the caller read it?' })
  checkRead(@Repo() repo: RepoId, @Asker() caller: Caller): Promise<string> {
    return this.settings.checkRead(repo, caller).then(() => 'OK');
  }

  @Get('auth-check/write')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'May the caller write to it?' })
  checkWrite(@Repo() repo: RepoId, @Asker() caller: Caller): Promise<string> {
    return this.settings.checkWrite(repo, caller).then(() => 'OK');
  }
}
