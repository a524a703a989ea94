import { Body, Controller, Header, HttpCode, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { ClientAddress } from '../../platform/http/client-address.js';
import { CurrentCaller, IsAdministrator } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { InvitationLinks } from '../invitations/invitation-links.service.js';
import { MembershipsByInvitation } from '../invitations/memberships-by-invitation.service.js';
import { RegistrationService } from '../registration.service.js';
import { NamedOutcomeDto, OutcomeDto, RegisterDto } from './dto/auth.dto.js';
import { ReceivedInvitationDto, ReceivedInvitationListDto } from './dto/invitation.dto.js';
import { toReceivedInvitation } from './invitation-mapper.js';

/** Invitations that users have received: from an organization, or as a link. */
@ApiTags('accounts')
@Controller()
export class InvitationsController {
  constructor(
    private readonly memberships: MembershipsByInvitation,
    private readonly links: InvitationLinks,
    private readonly registrations: RegistrationService,
  ) {}

  /** List the invitations of the signed-in user. */
  @Route('invitations.own')
  @Header('Cache-Control', 'no-store')
  async own(@CurrentCaller() caller: Caller): Promise<ReceivedInvitationListDto> {
    return { invitations: (await this.memberships.list(caller)).map(toReceivedInvitation) };
  }

  /** Accept an invitation: join the organization. */
  @Route('invitations.accept')
  @HttpCode(200)
  async accept(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<OutcomeDto> {
    return joined(await this.memberships.accept(caller, id));
  }

  /** Decline an invitation. */
  @Route('invitations.decline')
  @HttpCode(200)
  async decline(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<OutcomeDto> {
    await this.memberships.decline(caller, id);
    return { success: true, message: 'Invitation declined' };
  }

  /** Get the invitation of a link. Status 410 if it has expired or was used. */
  @Route('invitations.get')
  @Header('Cache-Control', 'no-store')
  async get(@Param('token') token: string, @ClientAddress() address: string): Promise<ReceivedInvitationDto> {
    return toReceivedInvitation(await this.links.find({ token, address }));
  }

  /** Join the organization of a link. */
  @Route('invitations.acceptLink')
  @HttpCode(200)
  async acceptLink(
    @CurrentCaller() caller: Caller,
    @Param('token') token: string,
    @ClientAddress() address: string,
  ): Promise<OutcomeDto> {
    return joined(await this.memberships.acceptLink(caller, { token, address }));
  }

  /** Create an account with an invitation to the hub, even if registration is closed. This does not sign in. */
  @Route('invitations.register')
  @HttpCode(200)
  async register(
    @Body() { username: name, password, email, full_name }: RegisterDto,
    @Param('token') invitation: string,
    @ClientAddress() address: string,
    @CurrentCaller() by: Caller,
    @IsAdministrator() isAdministrator: boolean,
  ): Promise<NamedOutcomeDto> {
    const registration = { name, password, email, fullName: full_name ?? undefined };
    const account = await this.registrations.register(registration, { address, isAdministrator, by, invitation });
    return { success: true, username: account.name, message: `Account ${account.name} created. You can now sign in.` };
  }
}

const joined = (organization: string): OutcomeDto => ({
  success: true,
  message: `You are now a member of ${organization}`,
});
