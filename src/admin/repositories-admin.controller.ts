import { Body, HttpCode, Param, Query, Req } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import type { Caller } from '../domain/caller.js';
import type { NameState } from '../domain/name-check.js';
import { repoFullName, type RepoId } from '../domain/repo-id.js';
import type { HubRequest } from '../platform/http/hub-request.js';
import { CurrentCaller } from '../platform/http/repo.decorator.js';
import { RepoAdminService } from '../repos/management/repo-admin.service.js';
import { SumStore } from '../repos/quota/sum.store.js';
import { AdminApi } from './admin-api.decorator.js';
import { DoneDto, ErrorDto } from './dto/outcome.dto.js';
import { RepoParamsDto, toRepoId } from './dto/repo-params.dto.js';
import {
  ChangeRepositoryDto,
  CreateRepositoryDto,
  ListRepositoriesDto,
  RepositoryPageDto,
  toAdminRepositoryDto,
} from './dto/repositories-admin.dto.js';
import { Route } from '../platform/http/route.decorator.js';

const DEFAULT_PAGE_SIZE = 50;

/** Manages all local repositories. */
@AdminApi()
export class RepositoriesAdminController {
  constructor(
    private readonly repositories: RepoAdminService,
    private readonly sums: SumStore,
  ) {}

  @Route('admin.repositories.list')
  @ApiOperation({ summary: 'List local repositories, including private and disabled ones' })
  @ApiOkResponse({ type: RepositoryPageDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async list(@Query() { name_state: nameState, ...query }: ListRepositoriesDto): Promise<RepositoryPageDto> {
    const { entries, next = null } = await this.repositories.list({
      sort: 'name',
      limit: DEFAULT_PAGE_SIZE,
      ...query,
      nameState,
    });
    return { repositories: entries.map(toAdminRepositoryDto), next, total: await this.total(query, nameState) };
  }

  @Route('admin.repositories.create')
  @ApiOperation({ summary: 'Create a repository, even if a source has one with this id' })
  @ApiCreatedResponse({ type: DoneDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiNotFoundResponse({ type: ErrorDto, description: 'There is no such account' })
  @ApiConflictResponse({ type: ErrorDto, description: 'The repository exists' })
  async create(
    @Body() { type, id, private: isPrivate = false }: CreateRepositoryDto,
    @Req() request: HubRequest,
  ): Promise<DoneDto> {
    const { repo } = await this.repositories.create({ type, name: id }, isPrivate, request);
    return { success: true, message: `${labelOf(repo)} created` };
  }

  @Route('admin.repositories.change')
  @ApiOperation({ summary: 'Disable or enable a repository' })
  @ApiOkResponse({ type: DoneDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async change(
    @Param() params: RepoParamsDto,
    @Body() { disabled }: ChangeRepositoryDto,
    @CurrentCaller() caller: Caller,
  ): Promise<DoneDto> {
    const { repo } = await this.repositories.setDisabled(toRepoId(params), disabled, caller);
    return { success: true, message: `${labelOf(repo)} ${disabled ? 'disabled' : 'enabled'}` };
  }

  @Route('admin.repositories.delete')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete a repository permanently' })
  @ApiOkResponse({ type: DoneDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async remove(@Param() params: RepoParamsDto, @CurrentCaller() caller: Caller): Promise<DoneDto> {
    const { repo } = await this.repositories.remove(toRepoId(params), caller);
    return { success: true, message: `${labelOf(repo)} deleted` };
  }

  /** Repositories are counted per type only: counting those that match other filters would read all of them. */
  private async total(
    { type, search, owner, disabled }: ListRepositoriesDto,
    nameState: NameState | undefined,
  ): Promise<number | null> {
    if ([search, owner, disabled, nameState].some((filter) => filter !== undefined)) return null;
    const { repositories } = await this.sums.totals();
    return type === undefined ? Object.values(repositories).reduce((sum, count) => sum + count, 0) : repositories[type];
  }
}

const labelOf = (repo: RepoId): string =>
  `${{ model: 'Model', dataset: 'Dataset', space: 'Space' }[repo.type]} ${repoFullName(repo)}`;
