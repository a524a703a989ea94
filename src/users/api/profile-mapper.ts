import { publicId } from '../../domain/lookup-key.js';
import type { AvatarUrlOf } from './avatar-urls.service.js';
import type { Membership } from '../membership.store.js';
import type { Profile } from '../local-profiles.service.js';
import type {
  OrganizationOfDto,
  OrganizationOverviewDto,
  ProfileCountsDto,
  UserOverviewDto,
} from './dto/profile.dto.js';

/** A user as clients read it. Nobody follows or likes anything here: clients count on the keys all the same. */
export const toUserOverview = (
  { account, organizations, repositories }: Profile,
  avatarOf: AvatarUrlOf,
): UserOverviewDto => ({
  _id: publicId(account.id),
  user: account.name,
  fullname: account.fullName,
  type: 'user',
  isPro: false,
  isFollowing: false,
  avatarUrl: avatarOf(account),
  details: account.bio,
  createdAt: account.createdAt.toISOString(),
  orgs: organizations.map((place) => toOrganizationOf(place, avatarOf)),
  ...toCounts(repositories),
  ...{ numDiscussions: 0, numUpvotes: 0, numLikes: 0, numFollowing: 0 },
});

/** An organization as clients read it. */
export const toOrganizationOverview = (
  { account, members, repositories }: Profile,
  avatarOf: AvatarUrlOf,
): OrganizationOverviewDto => ({
  _id: publicId(account.id),
  name: account.name,
  fullname: account.fullName,
  avatarUrl: avatarOf(account),
  details: account.bio,
  isVerified: false,
  isFollowing: false,
  numUsers: members,
  ...toCounts(repositories),
});

const toCounts = ({ model, dataset, space }: Profile['repositories']): ProfileCountsDto => ({
  ...{ numModels: model, numDatasets: dataset, numSpaces: space },
  ...{ numPapers: 0, numFollowers: 0 },
});

const toOrganizationOf = ({ account }: Membership, avatarOf: AvatarUrlOf): OrganizationOfDto => ({
  id: publicId(account.id),
  name: account.name,
  fullname: account.fullName,
  avatarUrl: avatarOf(account),
});
