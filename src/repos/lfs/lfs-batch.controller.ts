import { Body, Controller, Header, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { LfsBatchAnswer } from '../store/wire/lfs.js';
import { mustProxy } from '../store/client-headers.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { BatchRequestDto } from './dto/batch-request.dto.js';
import { VerifyDto } from './dto/verify.dto.js';
import { LfsBatchService } from './lfs-batch.service.js';
import { LfsErrorFilter } from './lfs-error.filter.js';

const LFS_JSON = 'application/vnd.git-lfs+json';

/** The LFS protocol of a repository, as git-lfs and the hub's clients speak it. */
@ApiTags('lfs')
@Controller([':types/:namespace/:name.git/info/lfs', ':namespace/:name.git/info/lfs'])
@UseFilters(LfsErrorFilter)
export class LfsBatchController {
  constructor(private readonly lfs: LfsBatchService) {}

  /** Where to send large files to, or to get them from: links that need no further credentials, for a day; 307 to a source's. */
  @Post('objects/batch')
  @HttpCode(200)
  @Header('Content-Type', LFS_JSON)
  batch(
    @Repo() repo: RepoId,
    @Context() asking: RequestContext,
    @Body() request: BatchRequestDto,
    @Req() { headers }: HubRequest,
  ): Promise<LfsBatchAnswer> {
    return this.lfs.answer(repo, asking, request, mustProxy(headers));
  }

  /** Whether an upload has arrived. Nothing depends on asking. */
  @Post('objects/verify')
  @HttpCode(200)
  @Header('Content-Type', LFS_JSON)
  async verify(@Repo() repo: RepoId, @CurrentCaller() caller: Caller, @Body() object: VerifyDto): Promise<object> {
    await this.lfs.verify(repo, caller, object);
    return {};
  }

  /** There are no locks: git-lfs takes this answer for "go on". */
  @Post('locks/verify')
  locks(): never {
    throw new HubError('NotFound', 'This hub has no file locks');
  }
}
