import { Body, Controller, HttpCode, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { CurrentCaller, Repo, Rest } from '../../platform/http/repo.decorator.js';
import { CommitsService } from './commits.service.js';
import { CommitResponseDto } from './dto/commit-response.dto.js';
import { PreuploadResponseDto, PreuploadDto } from './dto/preupload.dto.js';
import { PreuploadService } from './preupload.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Commit and preupload endpoints (contract C.2, C.3). */
@Controller()
@ApiTags('commits')
export class CommitsController {
  constructor(
    private readonly commits: CommitsService,
    private readonly preuploads: PreuploadService,
  ) {}

  @Route('commits.preupload')
  @HttpCode(200)
  @ApiOperation({ summary: 'Check how files must be uploaded: inside the commit or as LFS objects' })
  preupload(
    @Repo() repo: RepoId,
    @Rest() revision: string,
    @CurrentCaller() caller: Caller,
    @Body() body: PreuploadDto,
  ): Promise<PreuploadResponseDto> {
    return this.preuploads.plan({ repo, revision, caller }, body);
  }

  @Route('commits.commit')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Create a commit',
    description:
      'The body has one JSON object per line, `{"key": …, "value": {…}}`. The first line is the `header` {summary, description?, ' +
      'parentCommit?}. It is followed by any number of `file` {path, content, encoding, oldPath?}, `lfsFile` {path, oid, size?, oldPath?}, ' +
      '`deletedFile`, `deletedFolder` and `deletedEntry` {path} lines. Deletions are applied before additions; if a path occurs twice, ' +
      'the last file is used.',
  })
  @ApiConsumes('application/x-ndjson')
  @ApiBody({ schema: { type: 'string' } })
  commit(
    @Repo() repo: RepoId,
    @Rest() branch: string,
    @CurrentCaller() caller: Caller,
    @Req() request: HubRequest,
  ): Promise<CommitResponseDto> {
    return this.commits.commit({ repo, revision: branch, caller }, request);
  }
}
