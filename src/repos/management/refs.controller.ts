import { Body, Controller, Header, HttpCode } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { CurrentCaller, Repo, Rest } from '../../platform/http/repo.decorator.js';
import { NewBranchDto, NewTagDto, RefDto, SquashDto, SquashedDto } from './dto/ref.dto.js';
import { RefsService } from './refs.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Branches and tags of local repositories. Slashes in names may be percent-encoded. */
@Controller()
@ApiTags('repositories')
export class RefsController {
  constructor(private readonly refs: RefsService) {}

  @Route('refs.createBranch')
  @HttpCode(200)
  @ApiOperation({ summary: 'Create a branch' })
  createBranch(
    @Repo() repo: RepoId,
    @Rest() branch: string,
    @Body() body: NewBranchDto,
    @CurrentCaller() caller: Caller,
  ): Promise<RefDto> {
    return this.refs.createBranch(repo, branch, body, caller);
  }

  @Route('refs.deleteBranch')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({
    summary: 'Delete a branch. For a week, its commits remain accessible by their full ids with write access.',
  })
  deleteBranch(@Repo() repo: RepoId, @Rest() branch: string, @CurrentCaller() caller: Caller): Promise<string> {
    return this.refs.deleteBranch(repo, branch, caller).then(() => 'OK');
  }

  @Route('refs.createTag')
  @HttpCode(200)
  @ApiOperation({ summary: 'Create a tag for a revision' })
  createTag(
    @Repo() repo: RepoId,
    @Rest() revision: string,
    @Body() body: NewTagDto,
    @CurrentCaller() caller: Caller,
  ): Promise<RefDto> {
    return this.refs.createTag(repo, revision, body, caller);
  }

  @Route('refs.deleteTag')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Delete a tag' })
  deleteTag(@Repo() repo: RepoId, @Rest() tag: string, @CurrentCaller() caller: Caller): Promise<string> {
    return this.refs.deleteTag(repo, tag, caller).then(() => 'OK');
  }

  @Route('refs.squash')
  @HttpCode(200)
  @ApiOperation({ summary: "Replace a branch's history with a single commit of the same files" })
  squash(
    @Repo() repo: RepoId,
    @Rest() branch: string,
    @Body() body: SquashDto,
    @CurrentCaller() caller: Caller,
  ): Promise<SquashedDto> {
    return this.refs.squash(repo, branch, body, caller);
  }
}
