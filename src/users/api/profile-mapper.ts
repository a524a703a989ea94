import type { AccountKind } from '../../domain/account.js';
import { publicId } from '../../domain/lookup-key.js';
import type { ExternalAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { AccountEntity } from '../account.entity.js';
import type { Profile } from '../local-profiles.service.js';
import type { Membership } from '../membership.store.js';
import type { AvatarUrlOf } from './avatar-urls.js';
import type {
  AccountTypeDto,
  OrganizationOfDto,
  OrganizationOverviewDto,
  OrganizationProfileDto,
  PersonDto,
  ProfileCountsDto,
  SourceTagsDto,
  UserOverviewDto,
} from './dto/profile.dto.js';

/** An organization as a source names it. */
type OrganizationName = Omit<OrganizationOfDto, 'avatarUrl'>;

/** This hub has no followers or discussions, but clients expect the keys. */
export const toUserOverview = (
  { account, organizations, repositories, likes }: Profile,
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
  orgs: organizations.map((membership) => toOrganizationOf(membership, avatarOf)),
  ...toCounts(repositories),
  numDiscussions: 0,
  numUpvotes: 0,
  numLikes: likes,
  numFollowing: 0,
  ...(account.serviceOf !== null && { isServiceAccount: true }),
});

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

/** The organizations of an external user; undefined if the source does not report them. */
export const externalOrganizations = ({ account }: ExternalAccount): readonly OrganizationName[] | undefined =>
  account.facts['orgs'] as readonly OrganizationName[] | undefined;

/**
 * Fields that the source does not report are omitted.
 * @param orgs - `externalOrganizations`, marked as those of the source
 */
export function toExternalUserOverview(
  external: ExternalAccount,
  avatarOf: AvatarUrlOf,
  orgs: readonly OrganizationOfDto[] | undefined,
): UserOverviewDto {
  const { orgs: _unmarked, ...facts } = external.account.facts;
  const { name, isPro, createdAt } = external.account;
  return {
    user: name,
    type: 'user',
    isPro,
    ...externalOverview(external, avatarOf),
    ...facts,
    ...(createdAt !== null && { createdAt }),
    ...(orgs && { orgs }),
  } as UserOverviewDto;
}

/** Fields that the source does not report are omitted. */
export function toExternalOrganizationOverview(
  external: ExternalAccount,
  avatarOf: AvatarUrlOf,
): OrganizationOverviewDto {
  const { members, facts, name } = external.account;
  return {
    name,
    ...externalOverview(external, avatarOf),
    ...(members !== null && { numUsers: members }),
    ...facts,
  } as OrganizationOverviewDto;
}

export const toLocalPerson = (account: AccountEntity, avatarOf: AvatarUrlOf): PersonDto => ({
  username: account.name,
  full_name: account.fullName,
  bio: account.bio || null,
  website: account.website || null,
  social_media: nullIfEmpty(account.socialMedia),
  created_at: account.createdAt.toISOString(),
  _avatar_url: avatarOf(account) || null,
  _source: 'local',
});

export function toExternalPerson(external: ExternalAccount, avatarOf: AvatarUrlOf): PersonDto {
  const { account } = external;
  const { kind, members } = account;
  return {
    username: account.name,
    full_name: account.fullName,
    bio: account.bio,
    website: account.website,
    social_media: account.socialMedia,
    created_at: account.createdAt,
    _avatar_url: account.avatar === null ? null : avatarOf(account),
    _hf_type: typeName(kind),
    _hf_pro: account.isPro,
    ...(kind === 'organization' && members !== null && { _member_count: members }),
    ...sourceTags(external),
  };
}

/** @param members - number of members, or null if unknown */
export const toOrganizationProfile = (person: PersonDto, members: number | null): OrganizationProfileDto => ({
  name: person.username,
  description: person.bio,
  member_count: members,
  ...person,
  ...(members !== null && { _member_count: members }),
});

export const toAccountType = (kind: AccountKind, source: string): AccountTypeDto => ({
  type: typeName(kind),
  _source: source,
});

const externalOverview = (external: ExternalAccount, avatarOf: AvatarUrlOf) => ({
  fullname: external.account.fullName,
  avatarUrl: external.account.avatar === null ? '' : avatarOf(external.account),
  ...(external.account.bio !== null && { details: external.account.bio }),
  isFollowing: false,
  ...sourceTags(external),
});

const sourceTags = ({ source, account }: ExternalAccount): SourceTagsDto => ({
  _source: source.name,
  _source_url: source.url,
  ...(account.isPartial && { _partial: true }),
});

const toCounts = ({ model, dataset, space }: Profile['repositories']): ProfileCountsDto => ({
  numModels: model,
  numDatasets: dataset,
  numSpaces: space,
  numPapers: 0,
  numFollowers: 0,
});

const toOrganizationOf = ({ account }: Membership, avatarOf: AvatarUrlOf): OrganizationOfDto => ({
  id: publicId(account.id),
  name: account.name,
  fullname: account.fullName,
  avatarUrl: avatarOf(account),
});

const typeName = (kind: AccountKind): 'user' | 'org' => (kind === 'user' ? 'user' : 'org');

const nullIfEmpty = (record: Record<string, string>): Record<string, string> | null =>
  Object.keys(record).length > 0 ? record : null;
