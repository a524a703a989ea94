import { Body, Controller, Delete, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { Asker } from '../../platform/http/repo.decorator.js';
import { OrganizationsService } from '../organizations.service.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { CreateOrganizationDto, MemberRoleDto, NewOrganizationDto } from './dto/organization.dto.js';

/** The hub's own organizations and their members. */
@ApiTags('accounts')
@Controller()
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

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
