import { Body, Controller, Header, HttpCode, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { OwnAccessDto } from './dto/own-access.dto.js';
import { AccessRequestsService } from './access-requests.service.js';
import { LocalOnlyInterceptor } from '../store/local-only.interceptor.js';

/** Requests of users for access to gated repositories. */
@ApiTags('repositories')
@Controller()
@UseInterceptors(LocalOnlyInterceptor)
export class AccessRequestsController {
  constructor(private readonly requests: AccessRequestsService) {}

  @Route('accessRequests.own')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: "Get the caller's access to the content of a repository" })
  own(@Repo() repo: RepoId, @CurrentCaller() caller: Caller): Promise<OwnAccessDto> {
    return this.requests.own(repo, caller);
  }

  @Route('accessRequests.ask')
  @HttpCode(303)
  @ApiOperation({
    summary: 'Request access to a gated repository',
    description: 'The fields are those of the form in the card (`extra_gated_fields`). Redirects to the repository.',
  })
  @ApiBody({ schema: { type: 'object', additionalProperties: { type: 'string' } }, required: false })
  async ask(
    @Repo() repo: RepoId,
    @Body() body: object,
    @Req() request: HubRequest,
    @Res() response: Response,
  ): Promise<void> {
    const { repo: found } = await this.requests.ask(repo, body, request.caller);
    response.set('Cache-Control', 'no-store').redirect(303, targetOf(found, request));
  }

  @Route('accessRequests.withdraw')
  @HttpCode(200)
  @ApiOperation({ summary: "Withdraw the caller's pending request for access" })
  async withdraw(@Repo() repo: RepoId, @CurrentCaller() caller: Caller): Promise<{ ok: boolean }> {
    await this.requests.withdraw(repo, caller);
    return { ok: true };
  }
}

/** The page of the repository. Programs that follow the redirect would get "not found" for a page, so they get its info. */
const targetOf = (repo: RepoId, { headers, urls }: HubRequest): string =>
  headers.accept?.includes('text/html') ? urls.repo(repo) : urls.url(`/api/${repo.type}s/${repoFullName(repo)}`);
