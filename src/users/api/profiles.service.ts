import { Injectable } from '@nestjs/common';
import type { ExternalAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import { accountNotFound } from '../../domain/choose-failure.js';
import { ExternalNames } from '../external-names.service.js';
import { AccountLookupService } from '../account-lookup.service.js';
import { LocalProfilesService } from '../local-profiles.service.js';
import { externalAvatars, localAvatars } from './avatar-urls.js';
import type {
  AccountTypeDto,
  OrganizationOverviewDto,
  OrganizationProfileDto,
  PersonDto,
  UserOverviewDto,
} from './dto/profile.dto.js';
import {
  externalOrganizations,
  toAccountType,
  toExternalOrganizationOverview,
  toExternalPerson,
  toExternalUserOverview,
  toLocalPerson,
  toOrganizationOverview,
  toOrganizationProfile,
  toUserOverview,
} from './profile-mapper.js';

/** Profiles of local and external accounts, in the formats of the API. */
@Injectable()
export class ProfilesService {
  constructor(
    private readonly accounts: AccountLookupService,
    private readonly localProfiles: LocalProfilesService,
    private readonly names: ExternalNames,
  ) {}

  /** @throws HubError `NotFound` or the error of the sources, as all methods of this class */
  async userOverview(name: string, context: RequestContext, urls: UrlBuilder): Promise<UserOverviewDto> {
    const { local, external } = await this.accounts.findOfKind('user', name, context);
    if (external) return this.externalUserOverview(external, context, urls);
    return toUserOverview(await this.localProfiles.get(local, context.caller), localAvatars(urls));
  }

  private async externalUserOverview(
    external: ExternalAccount,
    context: RequestContext,
    urls: UrlBuilder,
  ): Promise<UserOverviewDto> {
    const of = { kind: 'organization', source: external.source, urls } as const;
    const unmarked = externalOrganizations(external);
    const orgs = unmarked && (await this.names.mark(unmarked, ({ name }) => name, of, context));
    return toExternalUserOverview(external, externalAvatars(urls), orgs);
  }

  async organizationOverview(
    name: string,
    context: RequestContext,
    urls: UrlBuilder,
  ): Promise<OrganizationOverviewDto> {
    const { local, external } = await this.accounts.findOfKind('organization', name, context);
    if (external) return toExternalOrganizationOverview(external, externalAvatars(urls));
    return toOrganizationOverview(await this.localProfiles.get(local, context.caller), localAvatars(urls));
  }

  /** Also returns external organizations, since callers cannot know the kind of an external account (specification). */
  async user(name: string, context: RequestContext, urls: UrlBuilder): Promise<PersonDto> {
    const { local, external } = await this.accounts.find(name, 'user', context);
    if (external) return toExternalPerson(external, externalAvatars(urls));
    if (local.kind !== 'user') throw accountNotFound('user');
    return toLocalPerson(local, localAvatars(urls));
  }

  async organization(name: string, context: RequestContext, urls: UrlBuilder): Promise<OrganizationProfileDto> {
    const { local, external } = await this.accounts.findOfKind('organization', name, context);
    if (external) {
      const person = toExternalPerson(external, externalAvatars(urls));
      return toOrganizationProfile(person, external.account.members);
    }
    const { members } = await this.localProfiles.get(local, context.caller);
    return toOrganizationProfile(toLocalPerson(local, localAvatars(urls)), members);
  }

  async type(name: string, context: RequestContext): Promise<AccountTypeDto> {
    const { local, external } = await this.accounts.find(name, 'user', context);
    return local ? toAccountType(local.kind, 'local') : toAccountType(external.account.kind, external.source.name);
  }
}
