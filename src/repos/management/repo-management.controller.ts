import { Body, Controller, Delete, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { Asker } from '../../platform/http/repo.decorator.js';
import { CreatedDto } from './dto/created.dto.js';
import { MoveDto } from './dto/move.dto.js';
import { NamedRepoDto } from './dto/named-repo.dto.js';
import { NewRepositoryDto } from './dto/new-repository.dto.js';
import { RepoManagementService } from './repo-management.service.js';

/** Making, moving and deleting repositories: what clients name in bodies, not in URLs. */
@Controller('api/repos')
@ApiTags('repositories')
export class RepoManagementController {
  constructor(private readonly life: RepoManagementService) {}

  @Post('create')
  @HttpCode(200)
  @ApiOperation({ summary: 'Create a repository' })
  create(@Body() body: NewRepositoryDto, @Asker() caller: Caller): Promise<CreatedDto> {
    return this.life.create(body, caller);
  }

  @Delete('delete')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Delete a repository with all that it has' })
  remove(@Body() body: NamedRepoDto, @Asker() caller: Caller): Promise<string> {
    return this.life.remove(body, caller).then(() => 'OK');
  }

  @Post('move')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give a repository another name or owner; its old name leads to it' })
  move(@Body() body: MoveDto, @Asker() caller: Caller): Promise<CreatedDto> {
    return this.life.move(body, caller);
  }
}
