import { Controller, Header, Param, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Context } from '../../fallback/resolver/request-context.decorator.js';
import { FallbackTraceInterceptor } from '../../fallback/resolver/fallback-trace.interceptor.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { Urls } from '../../platform/http/repo.decorator.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
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
  userOverview(
    @Context() context: RequestContext,
    @Param('name') name: string,
    @Urls() urls: UrlBuilder,
  ): Promise<UserOverviewDto> {
    return this.profiles.userOverview(name, context, urls);
  }

  /** Get an organization, in the format of huggingface.co. */
  @Route('profiles.organizationOverview')
  @Header('Cache-Control', 'no-store')
  organizationOverview(
    @Context() context: RequestContext,
    @Param('name') name: string,
    @Urls() urls: UrlBuilder,
  ): Promise<OrganizationOverviewDto> {
    return this.profiles.organizationOverview(name, context, urls);
  }

  /** Get a user profile. External sources may return an organization; see `_hf_type`. */
  @Route('profiles.user')
  @Header('Cache-Control', 'no-store')
  user(@Context() context: RequestContext, @Param('name') name: string, @Urls() urls: UrlBuilder): Promise<PersonDto> {
    return this.profiles.user(name, context, urls);
  }

  /** Get an organization profile. */
  @Route('profiles.organization')
  @Header('Cache-Control', 'no-store')
  organization(
    @Context() context: RequestContext,
    @Param('name') name: string,
    @Urls() urls: UrlBuilder,
  ): Promise<OrganizationProfileDto> {
    return this.profiles.organization(name, context, urls);
  }

  /** Get the type of an account: user or organization. */
  @Route('profiles.type')
  @Header('Cache-Control', 'no-store')
  type(@Context() context: RequestContext, @Param('name') name: string): Promise<AccountTypeDto> {
    return this.profiles.type(name, context);
  }
}
