import { Injectable } from '@nestjs/common';
import type { ExternalAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { accountNotFound } from '../../domain/choose-failure.js';
import { ExternalNames } from '../external-names.service.js';
import { AccountLookupService } from '../account-lookup.service.js';
import { LocalProfilesService } from '../local-profiles.service.js';
import { AvatarUrls } from './avatar-urls.service.js';
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
    private readonly avatars: AvatarUrls,
    private readonly names: ExternalNames,
  ) {}

  /** @throws HubError `NotFound` or the error of the sources, as all methods of this class */
  async userOverview(name: string, context: RequestContext): Promise<UserOverviewDto> {
    const { local, external } = await this.accounts.findOfKind('user', name, context);
    if (external) return this.externalUserOverview(external, context);
    return toUserOverview(await this.localProfiles.get(local, context.caller), this.avatars.local);
  }

  private async externalUserOverview(external: ExternalAccount, context: RequestContext): Promise<UserOverviewDto> {
    const of = { kind: 'organization', source: external.source } as const;
    const unmarked = externalOrganizations(external);
    const orgs = unmarked && (await this.names.mark(unmarked, ({ name }) => name, of, context));
    return toExternalUserOverview(external, this.avatars.external, orgs);
  }

  async organizationOverview(name: string, context: RequestContext): Promise<OrganizationOverviewDto> {
    const { local, external } = await this.accounts.findOfKind('organization', name, context);
    if (external) return toExternalOrganizationOverview(external, this.avatars.external);
    return toOrganizationOverview(await this.localProfiles.get(local, context.caller), this.avatars.local);
  }

  /** Also returns external organizations, since callers cannot know the kind of an external account (specification). */
  async user(name: string, context: RequestContext): Promise<PersonDto> {
    const { local, external } = await this.accounts.find(name, 'user', context);
    if (external) return toExternalPerson(external, this.avatars.external);
    if (local.kind !== 'user') throw accountNotFound('user');
    return toLocalPerson(local, this.avatars.local);
  }

  async organization(name: string, context: RequestContext): Promise<OrganizationProfileDto> {
    const { local, external } = await this.accounts.findOfKind('organization', name, context);
    if (external) {
      const person = toExternalPerson(external, this.avatars.external);
      return toOrganizationProfile(person, external.account.members);
    }
    const { members } = await this.localProfiles.get(local, context.caller);
    return toOrganizationProfile(toLocalPerson(local, this.avatars.local), members);
  }

  async type(name: string, context: RequestContext): Promise<AccountTypeDto> {
    const { local, external } = await this.accounts.find(name, 'user', context);
    return local ? toAccountType(local.kind, 'local') : toAccountType(external.account.kind, external.source.name);
  }
}
