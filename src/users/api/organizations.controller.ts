import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Caller } from '../../hub/language/caller.js';
import { publicId } from '../../hub/rules/lookup-key.js';
import { Asker } from '../../platform/http/repo.decorator.js';
import type { Place } from '../membership.store.js';
import { OrganizationsService } from '../organizations.service.js';
import { AvatarLinks, type AvatarOf } from './avatar-links.service.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { MemberPageDto } from './dto/member-page.dto.js';
import { CreateOrganizationDto, MemberDto, MemberRoleDto, NewOrganizationDto } from './dto/organization.dto.js';
import { MemberLinks } from './member-links.service.js';

const PAGE = 500;

/** The hub's own organizations and their members. */
@ApiTags('accounts')
@Controller()
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly links: MemberLinks,
    private readonly avatars: AvatarLinks,
  ) {}

  /** Make an organization; whoever makes it is its first admin. `/org/create` is KohakuHub's address for it. */
  @Post(['api/organizations/create', 'org/create'])
  @HttpCode(201)
  async create(
    @Asker() caller: Caller,
    @Body() { name, description }: CreateOrganizationDto,
  ): Promise<NewOrganizationDto> {
    const made = await this.organizations.create(caller, { name, bio: description });
    return { success: true, name: made.name };
  }

  /** Who belongs to it, in pages. */
  @Get('api/organizations/:organization/members')
  async members(
    @Param('organization') organization: string,
    @Query() { limit = PAGE, cursor }: MemberPageDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MemberDto[]> {
    const { members, next } = await this.organizations.members(organization, { limit, after: cursor });
    this.links.give(response, organization, { limit, after: next });
    return members.map((place) => toMember(place, this.avatars.of));
  }

  /** Take a user in, or give a member another role. */
  @Put('api/organizations/:organization/members/:user')
  async setRole(
    @Asker() caller: Caller,
    @Param() place: { organization: string; user: string },
    @Body() { role }: MemberRoleDto,
  ): Promise<OutcomeDto> {
    await this.organizations.setRole(caller, place, role);
    return { success: true, message: `${place.user} has the role "${role}"` };
  }

  /** Take the place of a member away. */
  @Delete('api/organizations/:organization/members/:user')
  async remove(@Asker() caller: Caller, @Param() place: { organization: string; user: string }): Promise<OutcomeDto> {
    await this.organizations.setRole(caller, place, null);
    return { success: true, message: `${place.user} is no member any more` };
  }
}

const toMember = ({ account, role }: Place, avatarOf: AvatarOf): MemberDto => ({
  _id: publicId(account.id),
  user: account.name,
  fullname: account.fullName,
  avatarUrl: avatarOf(account),
  isPro: false,
  type: 'user',
  isFollowing: false,
  role,
});
