import { Body, Header, HttpCode, Param } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import type { Caller } from '../domain/caller.js';
import type { UrlBuilder } from '../domain/url-builder.js';
import { CurrentCaller, Urls } from '../platform/http/repo.decorator.js';
import { Route } from '../platform/http/route.decorator.js';
import { CreateInvitationDto, InvitationListDto, NewInvitationDto } from '../users/api/dto/invitation.dto.js';
import { toInvitationList, toLimits, toNewInvitation } from '../users/api/invitation-mapper.js';
import { Invitations } from '../users/invitations/invitations.service.js';
import { AdminApi } from './admin-api.decorator.js';
import { DoneDto, ErrorDto } from './dto/outcome.dto.js';

/** Invitations to the hub. */
@AdminApi()
export class InvitationsAdminController {
  constructor(private readonly invitations: Invitations) {}

  @Route('admin.invitations.list')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'List the open invitations to the hub' })
  @ApiOkResponse({ type: InvitationListDto })
  async list(): Promise<InvitationListDto> {
    return toInvitationList(await this.invitations.list(null));
  }

  @Route('admin.invitations.create')
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Create a link that permits registrations, even if registration is closed' })
  @ApiCreatedResponse({ type: NewInvitationDto })
  @ApiBadRequestResponse({ type: ErrorDto })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: CreateInvitationDto,
    @Urls() urls: UrlBuilder,
  ): Promise<NewInvitationDto> {
    return toNewInvitation(await this.invitations.inviteToHub(caller, toLimits(body)), urls);
  }

  @Route('admin.invitations.revoke')
  @ApiOperation({ summary: 'Revoke an invitation to the hub' })
  @ApiOkResponse({ type: DoneDto })
  @ApiNotFoundResponse({ type: ErrorDto })
  async revoke(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<DoneDto> {
    await this.invitations.revoke(caller, null, id);
    return { success: true, message: 'Invitation revoked' };
  }
}
