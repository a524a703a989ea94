import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../hub/language/caller.js';
import { Asker } from '../../platform/http/repo.decorator.js';
import { ProfilesService } from '../profiles.service.js';
import { AvatarLinks } from './avatar-links.service.js';
import { OrganizationOverviewDto, UserOverviewDto } from './dto/profile.dto.js';
import { toOrganizationOverview, toUserOverview } from './to-overview.js';

/** The hub's own users and organizations, as clients of the Hugging Face Hub read them. */
@ApiTags('accounts')
@Controller('api')
export class ProfilesController {
  constructor(
    private readonly profiles: ProfilesService,
    private readonly avatars: AvatarLinks,
  ) {}

  /** A user, whatever the case of the name. */
  @Get('users/:name/overview')
  @Header('Cache-Control', 'no-store')
  async user(@Asker() caller: Caller, @Param('name') name: string): Promise<UserOverviewDto> {
    return toUserOverview(await this.profiles.profile({ kind: 'user', name }, caller), this.avatars.of);
  }

  /** An organization, whatever the case of the name. */
  @Get('organizations/:name/overview')
  @Header('Cache-Control', 'no-store')
  async organization(@Asker() caller: Caller, @Param('name') name: string): Promise<OrganizationOverviewDto> {
    return toOrganizationOverview(await this.profiles.profile({ kind: 'organization', name }, caller), this.avatars.of);
  }
}
