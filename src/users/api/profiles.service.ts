import { Injectable } from '@nestjs/common';
import type { FarAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { Asking } from '../../fallback/resolver/question.js';
import { accountNotFound } from '../../domain/choose-failure.js';
import { AccountLookupService } from '../account-lookup.service.js';
import { LocalProfilesService } from '../local-profiles.service.js';
import { AvatarUrls } from './avatar-urls.service.js';
import type { AccountTypeDto, OrganizationProfileDto, PersonDto } from './dto/person.dto.js';
import type { OrganizationOverviewDto, UserOverviewDto } from './dto/profile.dto.js';
import { toFarOrganizationOverview, toFarUserOverview } from './to-far-overview.js';
import { toOrganizationOverview, toUserOverview } from './profile-mapper.js';
import { farPerson, localPerson, toAccountType, toOrganizationProfile } from './to-person.js';

/** People in the API's spellings, near and far. */
@Injectable()
export class ProfilesService {
  constructor(
    private readonly people: AccountLookupService,
    private readonly profiles: LocalProfilesService,
    private readonly avatars: AvatarUrls,
  ) {}

  /** @throws HubError as all of these: `NotFound`, or what the sources said */
  async userOverview(name: string, asking: Asking): Promise<UserOverviewDto> {
    const { local, far } = await this.people.findOne('user', name, asking);
    if (far) return toFarUserOverview(far, this.avatars.ofFar);
    return toUserOverview(await this.profiles.of(local, asking.caller), this.avatars.of);
  }

  async organizationOverview(name: string, asking: Asking): Promise<OrganizationOverviewDto> {
    const { local, far } = await this.people.findOne('organization', name, asking);
    if (far) return toFarOrganizationOverview(far, this.avatars.ofFar);
    return toOrganizationOverview(await this.profiles.of(local, asking.caller), this.avatars.of);
  }

  /** A source's organization is answered too: who asks cannot know which it is (specification). */
  async user(name: string, asking: Asking): Promise<PersonDto> {
    const { local, far } = await this.people.find(name, 'user', asking);
    if (far) return this.far(far);
    if (local.kind !== 'user') throw accountNotFound('user');
    return localPerson(local, this.avatars.of);
  }

  async organization(name: string, asking: Asking): Promise<OrganizationProfileDto> {
    const { local, far } = await this.people.findOne('organization', name, asking);
    if (far) return toOrganizationProfile(this.far(far), far.account.members);
    const { members } = await this.profiles.of(local, asking.caller);
    return toOrganizationProfile(localPerson(local, this.avatars.of), members);
  }

  async type(name: string, asking: Asking): Promise<AccountTypeDto> {
    const { local, far } = await this.people.find(name, 'user', asking);
    return local ? toAccountType(local.kind, 'local') : toAccountType(far.account.kind, far.source.name);
  }

  private far(far: FarAccount): PersonDto {
    return farPerson(far, this.avatars.ofFar);
  }
}
