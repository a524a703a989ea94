import { Body, Controller, Header, HttpCode, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { nextLink } from '../../domain/rewrite-link.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { sendReply } from '../../platform/http/send-reply.js';
import { PAGE_NOT_FOUND_MESSAGE } from '../../platform/http/to-hub-error.js';
import { REQUEST_STATUSES, type RequestStatus } from '../store/content-gate.js';
import { toAccessRequest } from './access-request-mapper.js';
import { accessReport } from './access-report.js';
import { AccessRequestPageDto, MAX_PAGE } from './dto/access-request-page.dto.js';
import { AccessRequestDto, BatchItemDto } from './dto/access-request.dto.js';
import { BatchDecisionDto, DecisionDto, RequestOfDto } from './dto/decision.dto.js';
import { RequestReviews } from './request-reviews.service.js';
import { LocalOnlyInterceptor } from '../store/local-only.interceptor.js';

const NO_STORE = ['Cache-Control', 'no-store'] as const;

/** Reviews of access requests by the authors of a gated repository. */
@ApiTags('repositories')
@Controller()
@UseInterceptors(LocalOnlyInterceptor)
export class RequestReviewsController {
  constructor(private readonly reviews: RequestReviews) {}

  @Route('accessRequests.list')
  @Header(...NO_STORE)
  @ApiOperation({ summary: 'List the requests for access to a repository, oldest first' })
  @ApiParam({ name: 'status', enum: REQUEST_STATUSES })
  async list(
    @Repo() repo: RepoId,
    @Param('status') name: string,
    @Query() query: AccessRequestPageDto,
    @Req() request: HubRequest,
  ): Promise<AccessRequestDto[]> {
    const { limit = MAX_PAGE, after, before, q: search, cursor } = query;
    const dates = { ...(after && { after: new Date(after) }), ...(before && { before: new Date(before) }) };
    const page = { status: statusOf(name), cursor, search, limit: limit + 1, ...dates };
    const found = await this.reviews.page(repo, page, request.caller);
    const entries = found.slice(0, limit);
    if (found.length > limit) request.res!.set('Link', nextLink(nextUrl(request, entries.at(-1)!.id)));
    return entries.map((entry) => toAccessRequest(entry, request.urls));
  }

  @Route('accessRequests.decide')
  @HttpCode(200)
  @ApiOperation({ summary: 'Accept, reject or reset a request for access, or make it pending again' })
  async decide(@Repo() repo: RepoId, @Body() body: DecisionDto, @CurrentCaller() caller: Caller): Promise<object> {
    await this.reviews.decide(repo, body, caller);
    return {};
  }

  @Route('accessRequests.decideAll')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decide several requests for access' })
  decideAll(
    @Repo() repo: RepoId,
    @Body() body: BatchDecisionDto,
    @CurrentCaller() caller: Caller,
  ): Promise<BatchItemDto[]> {
    return this.reviews.decideAll(repo, body, caller);
  }

  @Route('accessRequests.grant')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give a user access without a request' })
  async grant(@Repo() repo: RepoId, @Body() body: RequestOfDto, @CurrentCaller() caller: Caller): Promise<object> {
    await this.reviews.grant(repo, body, caller);
    return {};
  }

  @Route('accessRequests.report')
  @ApiOperation({ summary: 'Download all requests for access to a repository' })
  async report(@Repo() repo: RepoId, @Req() { caller }: HubRequest, @Res() response: Response): Promise<void> {
    const page = (cursor: number) => this.reviews.page(repo, { cursor, limit: MAX_PAGE }, caller);
    await sendReply(response, await accessReport(repo, page));
  }
}

/** @throws HubError `NotFound` for a list that does not exist */
function statusOf(name: string): RequestStatus {
  const status = REQUEST_STATUSES.find((other) => other === name);
  if (!status) throw new HubError('NotFound', PAGE_NOT_FOUND_MESSAGE);
  return status;
}

function nextUrl({ originalUrl, urls }: HubRequest, cursor: number): string {
  const [path = '', search = ''] = originalUrl.split('?', 2);
  const query = new URLSearchParams(search);
  query.set('cursor', String(cursor));
  return urls.url(`${path}?${query.toString()}`);
}
