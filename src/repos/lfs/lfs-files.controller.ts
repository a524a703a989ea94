import { Body, Controller, Header, HttpCode, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { nextLink } from '../../domain/rewrite-link.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { LfsDeletionQueryDto, LfsFileDto, LfsFilesBatchDto, LfsFilesQueryDto } from './dto/lfs-files.dto.js';
import { LfsFiles } from './lfs-files.service.js';
import { LocalOnlyInterceptor } from '../store/local-only.interceptor.js';

const MAX_PAGE_SIZE = 1000;

/** Large files of a repository in all its commits. */
@ApiTags('lfs')
@Controller()
@UseInterceptors(LocalOnlyInterceptor)
export class LfsFilesController {
  constructor(private readonly files: LfsFiles) {}

  /** List the large files of all commits, and those that are not committed. Requires write access to the repository. */
  @Route('lfs.files')
  @Header('Cache-Control', 'no-store')
  async list(
    @Repo() repo: RepoId,
    @Query() { limit = MAX_PAGE_SIZE, cursor: after }: LfsFilesQueryDto,
    @Req() { caller, urls, originalUrl }: HubRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LfsFileDto[]> {
    const { files, next } = await this.files.list(repo, caller, { limit, after });
    const [path = ''] = originalUrl.split('?', 1);
    if (next !== undefined) response.set('Link', nextLink(urls.url(`${path}?limit=${limit}&cursor=${next}`)));
    return [...files];
  }

  /** Permanently delete large files, by default also from all commits, whose ids change. */
  @Route('lfs.deleteFiles')
  @HttpCode(200)
  async removeBatch(
    @Repo() repo: RepoId,
    @CurrentCaller() caller: Caller,
    @Body() { deletions: { sha, rewriteHistory = true } }: LfsFilesBatchDto,
  ): Promise<{ success: true }> {
    await this.files.remove(repo, caller, [...new Set(sha)], rewriteHistory);
    return { success: true };
  }

  /** Permanently delete a large file, by default also from all commits, whose ids change. */
  @Route('lfs.deleteFile')
  @HttpCode(200)
  async remove(
    @Repo() repo: RepoId,
    @CurrentCaller() caller: Caller,
    @Param('sha') sha: string,
    @Query() { rewriteHistory = true }: LfsDeletionQueryDto,
  ): Promise<{ success: true }> {
    if (!/^[0-9a-f]{64}$/.test(sha))
      throw new HubError('BadRequest', 'The URL must end in the SHA-256 of a large file, in lower case.');
    await this.files.remove(repo, caller, [sha], rewriteHistory);
    return { success: true };
  }
}
