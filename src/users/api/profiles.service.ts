import { Injectable } from '@nestjs/common';
import type { ExternalAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { PageRequest } from '../../fallback/resolver/request-context.decorator.js';
import type { AccountKind } from '../../domain/account.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import { accountNotFound } from '../../domain/choose-failure.js';
import { ExternalNames } from '../external-names.service.js';
import { AccountLookupService, type FoundAccount } from '../account-lookup.service.js';
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
  async userOverview(name: string, request: PageRequest): Promise<UserOverviewDto> {
    const { local, external } = await this.findOfKind('user', name, request);
    if (external) return this.externalUserOverview(external, request);
    return toUserOverview(await this.localProfiles.get(local, request.context.caller), localAvatars(request.urls));
  }

  private async externalUserOverview(
    external: ExternalAccount,
    { context, urls }: PageRequest,
  ): Promise<UserOverviewDto> {
    const of = { kind: 'organization', source: external.source, urls } as const;
    const unmarked = externalOrganizations(external);
    const orgs = unmarked && (await this.names.mark(unmarked, ({ name }) => name, of, context));
    return toExternalUserOverview(external, externalAvatars(urls), orgs);
  }

  async organizationOverview(name: string, request: PageRequest): Promise<OrganizationOverviewDto> {
    const { local, external } = await this.findOfKind('organization', name, request);
    if (external) return toExternalOrganizationOverview(external, externalAvatars(request.urls));
    return toOrganizationOverview(
      await this.localProfiles.get(local, request.context.caller),
      localAvatars(request.urls),
    );
  }

  /** Also returns external organizations, since callers cannot know the kind of an external account (specification). */
  async user(name: string, request: PageRequest): Promise<PersonDto> {
    const { local, external } = await this.find(name, request);
    if (external) return toExternalPerson(external, externalAvatars(request.urls));
    if (local.kind !== 'user') throw accountNotFound('user');
    return toLocalPerson(local, localAvatars(request.urls));
  }

  async organization(name: string, request: PageRequest): Promise<OrganizationProfileDto> {
    const { local, external } = await this.findOfKind('organization', name, request);
    if (external) {
      const person = toExternalPerson(external, externalAvatars(request.urls));
      return toOrganizationProfile(person, external.account.members);
    }
    const { members } = await this.localProfiles.get(local, request.context.caller);
    return toOrganizationProfile(toLocalPerson(local, localAvatars(request.urls)), members);
  }

  async type(name: string, request: PageRequest): Promise<AccountTypeDto> {
    const { local, external } = await this.find(name, request);
    return local ? toAccountType(local.kind, 'local') : toAccountType(external.account.kind, external.source.name);
  }

  private async find(name: string, request: PageRequest): Promise<FoundAccount> {
    return described(await this.accounts.find(name, 'user', request.context), request);
  }

  private async findOfKind(kind: AccountKind, name: string, request: PageRequest): Promise<FoundAccount> {
    return described(await this.accounts.findOfKind(kind, name, request.context), request);
  }
}

/** Adds the headers that name the source of an account, and how current it is, to the response. */
function described(found: FoundAccount, { response }: PageRequest): FoundAccount {
  if (found.external) response.set(sourceHeaders(found.external.source, found.external.age));
  return found;
}
