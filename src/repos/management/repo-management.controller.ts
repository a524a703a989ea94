import { Body, Controller, Header, HttpCode, Req, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { HubRequest } from '../../platform/http/hub-request.js';
import type { RepoId } from '../../domain/repo-id.js';
import { Repo } from '../../platform/http/repo.decorator.js';
import { LocalOnlyInterceptor } from '../store/local-only.interceptor.js';
import { CreatedDto } from './dto/created.dto.js';
import { DuplicateRepositoryDto } from './dto/duplicate-repository.dto.js';
import { MoveDto } from './dto/move.dto.js';
import { NamedRepoDto } from './dto/named-repo.dto.js';
import { NewRepositoryDto } from './dto/new-repository.dto.js';
import { RepoDuplicates } from './repo-duplicates.service.js';
import { RepoManagementService, type ManagementRequest } from './repo-management.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Creating, moving, duplicating and deleting repositories. Most of these requests identify the repository in the body, not in the URL. */
@Controller()
@ApiTags('repositories')
export class RepoManagementController {
  constructor(
    private readonly management: RepoManagementService,
    private readonly duplicates: RepoDuplicates,
  ) {}

  @Route('repositories.create')
  @HttpCode(200)
  @ApiOperation({ summary: 'Create a repository' })
  create(@Body() body: NewRepositoryDto, @Req() request: HubRequest): Promise<CreatedDto> {
    return this.management.create(body, managementRequest(request));
  }

  @Route('repositories.delete')
  @UseInterceptors(LocalOnlyInterceptor)
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Permanently delete a repository with all its files and history' })
  remove(@Body() body: NamedRepoDto, @Req() request: HubRequest): Promise<string> {
    return this.management.remove(body, managementRequest(request)).then(() => 'OK');
  }

  @Route('repositories.move')
  @UseInterceptors(LocalOnlyInterceptor)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Rename a repository or transfer it to another owner. The old name redirects to the new one.',
  })
  move(@Body() body: MoveDto, @Req() request: HubRequest): Promise<CreatedDto> {
    return this.management.move(body, managementRequest(request));
  }

  @Route('repositories.duplicate')
  @UseInterceptors(LocalOnlyInterceptor)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Duplicate a repository of this hub with its history. Both repositories share the stored content.',
  })
  duplicate(
    @Repo() repo: RepoId,
    @Body() body: DuplicateRepositoryDto,
    @Req() request: HubRequest,
  ): Promise<CreatedDto> {
    return this.duplicates.duplicate(repo, body, managementRequest(request));
  }
}

const managementRequest = (request: HubRequest): ManagementRequest => ({
  caller: request.caller,
  urls: request.urls,
  isAdministrator: request.adminAccess === 'granted',
  facts: request,
});
