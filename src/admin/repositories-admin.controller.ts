import { Body, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { repoFullName } from '../domain/repo-id.js';
import { RepoAdminService } from '../repos/management/repo-admin.service.js';
import { AdminApi } from './admin-api.decorator.js';
import { DoneDto, ErrorDto } from './dto/outcome.dto.js';
import { RepoParamsDto, toRepoId } from './dto/repo-params.dto.js';
import {
  ChangeRepositoryDto,
  ListRepositoriesDto,
  RepositoryPageDto,
  toAdminRepositoryDto,
} from './dto/repositories-admin.dto.js';

const PAGE = 50;

/** The hub's own repositories, whoever has them. */
@AdminApi('repositories')
export class RepositoriesAdminController {
  constructor(private readonly repositories: RepoAdminService) {}

  @Get()
  @ApiOperation({ summary: 'The repositories of this hub, private and disabled ones too' })
  @ApiOkResponse({ type: RepositoryPageDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async list(@Query() wish: ListRepositoriesDto): Promise<RepositoryPageDto> {
    const { entries, total } = await this.repositories.list({ sort: 'name', limit: PAGE, offset: 0, ...wish });
    return { repositories: entries.map(toAdminRepositoryDto), total };
  }

  @Put([':type/:namespace/:name', ':type/:name'])
  @ApiOperation({ summary: 'Close a repository to everybody, or open it again' })
  @ApiOkResponse({ type: DoneDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async change(@Param() params: RepoParamsDto, @Body() { disabled }: ChangeRepositoryDto): Promise<DoneDto> {
    const { repo } = await this.repositories.setDisabled(toRepoId(params), disabled);
    const state = disabled ? 'disabled' : 'open again';
    return { success: true, message: `The ${repo.type} ${repoFullName(repo)} is ${state}` };
  }

  @Delete([':type/:namespace/:name', ':type/:name'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete a repository for good' })
  @ApiOkResponse({ type: DoneDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async remove(@Param() params: RepoParamsDto): Promise<DoneDto> {
    const { repo } = await this.repositories.remove(toRepoId(params));
    return { success: true, message: `The ${repo.type} ${repoFullName(repo)} is deleted` };
  }
}
