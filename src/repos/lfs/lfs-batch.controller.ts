import { Body, Controller, Header, HttpCode, Req, UseFilters } from '@nestjs/common';
import { ApiNotFoundResponse, ApiTags } from '@nestjs/swagger';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { LfsBatchResponse } from '../store/wire/lfs.js';
import { mustProxy } from '../store/client-headers.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { BatchRequestDto } from './dto/batch-request.dto.js';
import { VerifyDto } from './dto/verify.dto.js';
import { LfsBatchService } from './lfs-batch.service.js';
import { LfsXetService } from './lfs-xet.service.js';
import { LfsErrorFilter } from './lfs-error.filter.js';
import { Route } from '../../platform/http/route.decorator.js';

const LFS_JSON = 'application/vnd.git-lfs+json';

/** The Git LFS API of a repository, for git-lfs and the Hugging Face clients. */
@ApiTags('lfs')
@Controller()
@UseFilters(LfsErrorFilter)
export class LfsBatchController {
  constructor(
    private readonly lfs: LfsBatchService,
    private readonly xet: LfsXetService,
  ) {}

  /**
   * Returns upload or download URLs of large files. The URLs are valid for a day and need no further credentials. Responds with 307 if the
   * repository is at a source.
   */
  @Route('lfs.batch')
  @HttpCode(200)
  @Header('Content-Type', LFS_JSON)
  async batch(
    @Repo() repo: RepoId,
    @Context() context: RequestContext,
    @Body() request: BatchRequestDto,
    @Req() httpRequest: HubRequest,
  ): Promise<LfsBatchResponse> {
    const { headers, urls, mayRepeatCredentials } = httpRequest;
    const xet = await this.xet.uploadAction(repo, request, httpRequest);
    return this.lfs.batch(repo, context, request, { mustProxy: mustProxy(headers), urls, mayRepeatCredentials, xet });
  }

  /** Confirms that a large file has been uploaded. Optional. */
  @Route('lfs.verifyObject')
  @HttpCode(200)
  @Header('Content-Type', LFS_JSON)
  async verify(@Repo() repo: RepoId, @CurrentCaller() caller: Caller, @Body() object: VerifyDto): Promise<object> {
    await this.lfs.verify(repo, caller, object);
    return {};
  }

  /** File locks are not supported. Returns 404, after which git-lfs continues without locks. */
  @Route('lfs.locks')
  @ApiNotFoundResponse({ description: 'This hub does not support file locks' })
  locks(): never {
    throw new HubError('NotFound', 'This hub does not support file locks');
  }
}
