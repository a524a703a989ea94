import { Body, Controller, Header, HttpCode, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { CurrentCaller, Urls } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { Invitations } from '../invitations/invitations.service.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { CreateOrganizationInvitationDto, InvitationListDto, NewInvitationDto } from './dto/invitation.dto.js';
import { toInvitationList, toLimits, toNewInvitation } from './invitation-mapper.js';

/** Invitations to an organization. Requires the admin role. */
@ApiTags('accounts')
@Controller()
export class OrganizationInvitationsController {
  constructor(private readonly invitations: Invitations) {}

  /** List the open invitations of an organization. */
  @Route('invitations.list')
  @Header('Cache-Control', 'no-store')
  async list(@Param('organization') organization: string): Promise<InvitationListDto> {
    return toInvitationList(await this.invitations.list(await this.invitations.scopeOf(organization)));
  }

  /** Invite a user, or create a link. The link is returned only once. */
  @Route('invitations.create')
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async create(
    @CurrentCaller() caller: Caller,
    @Param('organization') organization: string,
    @Body() { username: user, role = 'read', ...limits }: CreateOrganizationInvitationDto,
    @Urls() urls: UrlBuilder,
  ): Promise<NewInvitationDto> {
    const invitation = { user, role, ...toLimits(limits) };
    return toNewInvitation(await this.invitations.inviteToOrganization(caller, organization, invitation), urls);
  }

  /** Revoke an invitation. */
  @Route('invitations.revoke')
  async revoke(
    @CurrentCaller() caller: Caller,
    @Param('organization') organization: string,
    @Param('id') id: string,
  ): Promise<OutcomeDto> {
    await this.invitations.revoke(caller, await this.invitations.scopeOf(organization), id);
    return { success: true, message: 'Invitation revoked' };
  }
}
