import type { FarAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { Fields } from '../../domain/read-fields.js';
import type { AvatarUrlOf } from './avatar-urls.service.js';
import type { OrganizationOverviewDto, UserOverviewDto } from './dto/profile.dto.js';
import { sourceTags } from './to-person.js';

/** A source's user as clients read it: what the source does not tell is not there. */
export function toFarUserOverview(far: FarAccount, avatarOf: AvatarUrlOf): UserOverviewDto {
  const { orgs = [], ...facts } = far.account.facts as Fields & { orgs?: readonly Fields[] };
  const { createdAt } = far.account;
  return {
    ...{ _id: '', user: far.account.name, type: 'user', isPro: far.account.isPro },
    ...common(far, avatarOf),
    ...facts,
    ...(createdAt !== null && { createdAt }),
    orgs: orgs.map((one) => ({ ...one, avatarUrl: avatarOf({ kind: 'organization', name: String(one['name']) }) })),
  } as UserOverviewDto;
}

/** A source's organization as clients read it. */
export function toFarOrganizationOverview(far: FarAccount, avatarOf: AvatarUrlOf): OrganizationOverviewDto {
  const { members, facts, name } = far.account;
  return {
    ...{ _id: '', name, isVerified: false },
    ...common(far, avatarOf),
    ...(members !== null && { numUsers: members }),
    ...facts,
  } as OrganizationOverviewDto;
}

const common = ({ source, account }: FarAccount, avatarOf: AvatarUrlOf) => ({
  ...{ fullname: account.fullName, avatarUrl: account.avatar === null ? '' : avatarOf(account) },
  ...{ details: account.bio ?? '', isFollowing: false },
  ...sourceTags({ source, account }),
});
