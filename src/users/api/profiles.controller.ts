import { Controller, Header, Param, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PageContext, type PageRequest } from '../../fallback/resolver/request-context.decorator.js';
import { FallbackTraceInterceptor } from '../../fallback/resolver/fallback-trace.interceptor.js';
import {
  AccountTypeDto,
  OrganizationOverviewDto,
  OrganizationProfileDto,
  PersonDto,
  UserOverviewDto,
} from './dto/profile.dto.js';
import { ProfilesService } from './profiles.service.js';
import { Route } from '../../platform/http/route.decorator.js';

/** Profiles of local and external accounts. Names are case-insensitive. */
@ApiTags('accounts')
@Controller()
@UseInterceptors(FallbackTraceInterceptor)
export class ProfilesController {
  constructor(private readonly profiles: ProfilesService) {}

  /** Get a user, in the format of huggingface.co. */
  @Route('profiles.userOverview')
  @Header('Cache-Control', 'no-store')
  userOverview(@PageContext() request: PageRequest, @Param('name') name: string): Promise<UserOverviewDto> {
    return this.profiles.userOverview(name, request);
  }

  /** Get an organization, in the format of huggingface.co. */
  @Route('profiles.organizationOverview')
  @Header('Cache-Control', 'no-store')
  organizationOverview(
    @PageContext() request: PageRequest,
    @Param('name') name: string,
  ): Promise<OrganizationOverviewDto> {
    return this.profiles.organizationOverview(name, request);
  }

  /** Get a user profile. External sources may return an organization; see `_hf_type`. */
  @Route('profiles.user')
  @Header('Cache-Control', 'no-store')
  user(@PageContext() request: PageRequest, @Param('name') name: string): Promise<PersonDto> {
    return this.profiles.user(name, request);
  }

  /** Get an organization profile. */
  @Route('profiles.organization')
  @Header('Cache-Control', 'no-store')
  organization(@PageContext() request: PageRequest, @Param('name') name: string): Promise<OrganizationProfileDto> {
    return this.profiles.organization(name, request);
  }

  /** Get the type of an account: user or organization. */
  @Route('profiles.type')
  @Header('Cache-Control', 'no-store')
  type(@PageContext() request: PageRequest, @Param('name') name: string): Promise<AccountTypeDto> {
    return this.profiles.type(name, request);
  }
}
