import { Body, Controller, HttpCode } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import type { RepoId } from '../../domain/repo-id.js';
import { checkRepoId } from '../../domain/check-repo-id.js';
import { Repo } from '../../platform/http/repo.decorator.js';
import { DuplicateDto, type DuplicateTargetDto } from './dto/duplicate.dto.js';
import { LfsCopiesService, type FailedCopy } from './lfs-copies.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Copies large files between repositories of this hub. */
@ApiTags('lfs')
@Controller()
export class LfsCopiesController {
  constructor(private readonly copies: LfsCopiesService) {}

  /** Copies large files to another repository. Requires read access to this repository and write access to the target. Files of external repositories cannot be copied. */
  @Route('lfs.copy')
  @HttpCode(200)
  async duplicate(
    @Repo() repo: RepoId,
    @Context() context: RequestContext,
    @Body() { target, files }: DuplicateDto,
  ): Promise<{ failed: FailedCopy[] }> {
    const hashes = files.map(({ sha256 }) => sha256);
    return { failed: await this.copies.copy(repo, targetId(target), context, hashes) };
  }
}

function targetId({ type, name: fullName }: DuplicateTargetDto): RepoId {
  const [namespace = '', name = ''] = fullName.split('/');
  return checkRepoId({ type, namespace, name });
}
