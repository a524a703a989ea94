import { Body, Controller, Header, HttpCode, Param, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import { CurrentCaller, Repo } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { IdTokens } from '../../users/id-tokens.service.js';
import type { TrustedPublisherEntity } from '../../users/trusted-publisher.entity.js';
import { LocalOnlyInterceptor } from '../store/local-only.interceptor.js';
import {
  CreateTrustedPublisherDto,
  TrustedPublisherDto,
  TrustedPublisherListDto,
} from './dto/trusted-publisher.dto.js';
import { TrustedPublishers } from './trusted-publishers.service.js';

/** Trusted publishers of a local repository. Requires a session of its owner, or of an admin of the owning organization. */
@Controller()
@ApiTags('repositories')
export class TrustedPublishersController {
  constructor(
    private readonly publishers: TrustedPublishers,
    private readonly idTokens: IdTokens,
  ) {}

  @Route('trustedPublishers.list')
  @UseInterceptors(LocalOnlyInterceptor)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'List the trusted publishers of a repository' })
  async list(@Repo() repo: RepoId, @CurrentCaller() caller: Caller): Promise<TrustedPublisherListDto> {
    const publishers = await this.publishers.list(repo, caller);
    const { issuers, audiences } = this.idTokens;
    return {
      trusted_publishers: publishers.map(toPublisher),
      issuers: [...issuers],
      audience: audiences[0] ?? null,
    };
  }

  @Route('trustedPublishers.add')
  @HttpCode(201)
  @ApiOperation({ summary: 'Let CI jobs with some claims get tokens for a repository' })
  async add(
    @Repo() repo: RepoId,
    @CurrentCaller() caller: Caller,
    @Body() body: CreateTrustedPublisherDto,
  ): Promise<TrustedPublisherDto> {
    return toPublisher(await this.publishers.add(repo, body, caller));
  }

  @Route('trustedPublishers.remove')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a trusted publisher. Its tokens end at once.' })
  remove(@Repo() repo: RepoId, @CurrentCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.publishers.remove(repo, id, caller);
  }
}

const toPublisher = (publisher: TrustedPublisherEntity): TrustedPublisherDto => ({
  id: publisher.id,
  name: publisher.name,
  issuer: publisher.issuer,
  claims: publisher.claims,
  read_only: publisher.readOnly,
  created_at: publisher.createdAt.toISOString(),
  last_used: publisher.lastUsedAt?.toISOString() ?? null,
});
