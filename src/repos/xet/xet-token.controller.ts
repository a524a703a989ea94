import { Controller, Req, Res, UseInterceptors } from '@nestjs/common';
import type { Response } from 'express';
import type { RepoId } from '../../domain/repo-id.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { Repo } from '../../platform/http/repo.decorator.js';
import { LocalOnlyInterceptor } from '../store/local-only.interceptor.js';
import { tokenHeaders, XetGrants, type XetToken } from './xet-grants.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Issues tokens for Xet uploads. */
@Controller()
@UseInterceptors(LocalOnlyInterceptor)
export class XetTokenController {
  constructor(private readonly grants: XetGrants) {}

  /** Returns a token for Xet uploads to this repository. The revision is ignored: clients send `None` if they have none. */
  @Route('xet.token')
  async writeToken(
    @Repo() repo: RepoId,
    @Req() request: HubRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<XetToken> {
    const token = await this.grants.issue(repo, request);
    response.set({ ...tokenHeaders(token), 'Cache-Control': 'no-store' });
    return token;
  }
}
