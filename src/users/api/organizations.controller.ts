import { Body, Controller, HttpCode, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { CurrentCaller, IsAdministrator } from '../../platform/http/repo.decorator.js';
import { OrganizationsService } from '../organizations.service.js';
import { OutcomeDto } from './dto/auth.dto.js';
import { CreateOrganizationDto, MemberRoleDto, NewOrganizationDto } from './dto/organization.dto.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Local organizations and their members. */
@ApiTags('accounts')
@Controller()
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

  /** Create an organization. The caller becomes its first admin. `/org/create` is the path of KohakuHub. */
  @Route('organizations.create')
  @HttpCode(201)
  async create(
    @CurrentCaller() caller: Caller,
    @Body() { name, description }: CreateOrganizationDto,
    @IsAdministrator() isAdministrator: boolean,
  ): Promise<NewOrganizationDto> {
    const organization = await this.organizations.create(caller, { name, bio: description, isAdministrator });
    return { success: true, name: organization.name };
  }

  /** Add a member or change a member's role. Requires the admin role. */
  @Route('organizations.setRole')
  async setRole(
    @CurrentCaller() caller: Caller,
    @Param() member: { organization: string; user: string },
    @Body() { role }: MemberRoleDto,
  ): Promise<OutcomeDto> {
    await this.organizations.setRole(caller, member, role);
    return { success: true, message: `${member.user} now has the role "${role}"` };
  }

  /** Remove a member. Requires the admin role, unless members remove themselves. */
  @Route('organizations.removeMember')
  async remove(
    @CurrentCaller() caller: Caller,
    @Param() member: { organization: string; user: string },
  ): Promise<OutcomeDto> {
    await this.organizations.setRole(caller, member, null);
    return { success: true, message: `${member.user} is no longer a member` };
  }
}
