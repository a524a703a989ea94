import { Controller, Get, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { XetGrants } from './xet-grants.service.js';
import type { XetToken } from './xet-token.js';

/** Where an upload over Xet begins. There is no read token: this hub serves files as files, and says nothing of Xet to readers. */
@Controller()
export class XetTokenController {
  constructor(private readonly grants: XetGrants) {}

  /** A token for uploads to this repository. The revision is not looked at: clients write `None` for none. */
  @Get('api/:types/:namespace/:name/xet-write-token/*rest')
  async writeToken(
    @Repo() repo: RepoId,
    @CurrentCaller() caller: Caller,
    @Query('create_pr') createPr: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<XetToken> {
    return announced(await this.grants.issue(repo, caller, createPr), response);
  }
}

/** Older clients read the headers, newer ones the body. */
function announced(token: XetToken, response: Response): XetToken {
  response.set({
    'X-Xet-Cas-Url': token.casUrl,
    'X-Xet-Access-Token': token.accessToken,
    'X-Xet-Token-Expiration': `${token.exp}`,
    'Cache-Control': 'no-store',
  });
  return token;
}
