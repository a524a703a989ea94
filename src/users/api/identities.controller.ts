import { Controller, Header, HttpCode, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../../domain/caller.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { startFlow } from '../../platform/http/flow-cookie.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { CurrentCaller } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import type { IdentityEntity } from '../oidc/identity.entity.js';
import { OwnIdentities } from '../oidc/own-identities.service.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { IdentityDto, IdentityListDto, LinkStartDto } from './dto/oidc.dto.js';

/** The accounts of providers that a user signs in with. */
@ApiTags('accounts')
@Controller()
export class IdentitiesController {
  constructor(
    private readonly own: OwnIdentities,
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'signIn'>,
  ) {}

  /** List the linked accounts of sign-in providers. */
  @Route('identities.list')
  @Header('Cache-Control', 'no-store')
  async list(@CurrentCaller() caller: Caller): Promise<IdentityListDto> {
    const { identities, hasPassword } = await this.own.list(caller);
    return { identities: identities.map((identity) => this.toDto(identity)), has_password: hasPassword };
  }

  /** Start to link an account of a provider. Open the returned page in the same browser. */
  @Route('identities.link')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async link(
    @CurrentCaller() caller: Caller,
    @Param('provider') provider: string,
    @Req() { urls, flowCookies }: HubRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LinkStartDto> {
    const { url, state, sealed } = await this.own.link(caller, provider, urls);
    response.setHeader('Set-Cookie', startFlow(urls, state, sealed, flowCookies));
    return { url };
  }

  /** Unlink an account of a provider. The sessions that were started with it end. */
  @Route('identities.unlink')
  async unlink(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<OutcomeDto> {
    await this.own.unlink(caller, id);
    return { success: true, message: 'Account unlinked' };
  }

  private toDto({ id, issuer, label, createdAt, lastUsedAt }: IdentityEntity): IdentityDto {
    const provider = this.config.signIn.providers.find((candidate) => candidate.issuer === issuer)?.id ?? null;
    const last_used = lastUsedAt?.toISOString() ?? null;
    return { id, provider, issuer, label, created_at: createdAt.toISOString(), last_used };
  }
}
