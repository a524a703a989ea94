import { Controller, Get, Header, Param, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Asks } from '../../fallback/resolver/asks.decorator.js';
import { FallbackTraceInterceptor } from '../../fallback/resolver/fallback-trace.interceptor.js';
import type { Asking } from '../../fallback/resolver/question.js';
import { AccountTypeDto, OrganizationProfileDto, PersonDto } from './dto/person.dto.js';
import { OrganizationOverviewDto, UserOverviewDto } from './dto/profile.dto.js';
import { ProfilesService } from './profiles.service.js';

/** Users and organizations, the hub's own and its sources', whatever the case of their names. */
@ApiTags('accounts')
@Controller('api')
@UseInterceptors(FallbackTraceInterceptor)
export class ProfilesController {
  constructor(private readonly people: ProfilesService) {}

  /** A user, as clients of the Hugging Face Hub read it. */
  @Get('users/:name/overview')
  @Header('Cache-Control', 'no-store')
  userOverview(@Asks() asking: Asking, @Param('name') name: string): Promise<UserOverviewDto> {
    return this.people.userOverview(name, asking);
  }

  /** An organization, as clients of the Hugging Face Hub read it. */
  @Get('organizations/:name/overview')
  @Header('Cache-Control', 'no-store')
  organizationOverview(@Asks() asking: Asking, @Param('name') name: string): Promise<OrganizationOverviewDto> {
    return this.people.organizationOverview(name, asking);
  }

  /** A user; of a source also an organization, which `_hf_type` tells apart. */
  @Get('users/:name/profile')
  @Header('Cache-Control', 'no-store')
  user(@Asks() asking: Asking, @Param('name') name: string): Promise<PersonDto> {
    return this.people.user(name, asking);
  }

  /** An organization. */
  @Get('organizations/:name/profile')
  @Header('Cache-Control', 'no-store')
  organization(@Asks() asking: Asking, @Param('name') name: string): Promise<OrganizationProfileDto> {
    return this.people.organization(name, asking);
  }

  /** Is the name a user's or an organization's? */
  @Get('users/:name/type')
  @Header('Cache-Control', 'no-store')
  type(@Asks() asking: Asking, @Param('name') name: string): Promise<AccountTypeDto> {
    return this.people.type(name, asking);
  }
}
