import { Controller, Get, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { tokenHeaders, XetGrants, type XetToken } from './xet-grants.service.js';

/** Issues tokens for Xet uploads. There is no read token: downloads do not use Xet. */
@Controller()
export class XetTokenController {
  constructor(private readonly grants: XetGrants) {}

  /** Returns a token for Xet uploads to this repository. The revision is ignored: clients send `None` if they have none. */
  @Get('api/:types/:namespace/:name/xet-write-token/*rest')
  async writeToken(
    @Repo() repo: RepoId,
    @CurrentCaller() caller: Caller,
    @Query('create_pr') createPr: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<XetToken> {
    const token = await this.grants.issue(repo, caller, createPr);
    response.set({ ...tokenHeaders(token), 'Cache-Control': 'no-store' });
    return token;
  }
}
