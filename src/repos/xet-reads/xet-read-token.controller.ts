import { Controller, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { RepoId } from '../../domain/repo-id.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { Repo, Rest } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { tokenHeaders, type XetToken } from '../xet/xet-grants.service.js';
import { XetProviders } from './xet-providers.service.js';

/** Issues tokens for downloads over Xet. */
@Controller()
export class XetReadTokenController {
  constructor(private readonly providers: XetProviders) {}

  /** Returns a token for downloading files of this repository over Xet. */
  @Route('xet.readToken')
  async readToken(
    @Repo() repo: RepoId,
    @Rest() revision: string,
    @Req() request: HubRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<XetToken> {
    const token = await this.providers.issue(repo, revision, request);
    response.set({ ...tokenHeaders(token), 'Cache-Control': 'no-store' });
    return token;
  }
}
