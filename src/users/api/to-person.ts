import type { FarAccount } from '../../fallback/resolver/accounts.resolver.js';
import type { AccountKind } from '../../domain/account.js';
import type { AccountEntity } from '../account.entity.js';
import type { AvatarUrlOf } from './avatar-urls.service.js';
import type { AccountTypeDto, OrganizationProfileDto, PersonDto } from './dto/person.dto.js';
import type { SourceTagsDto } from './dto/source-tags.dto.js';

/** One of the hub's own accounts. */
export const localPerson = (account: AccountEntity, avatarOf: AvatarUrlOf): PersonDto => ({
  ...{ username: account.name, full_name: account.fullName, bio: account.bio || null },
  ...{ website: account.website || null, social_media: orNull(account.socialMedia) },
  ...{ created_at: account.createdAt.toISOString(), _avatar_url: avatarOf(account) || null, _source: 'local' },
});

/** A source's account. */
export function farPerson({ source, account }: FarAccount, avatarOf: AvatarUrlOf): PersonDto {
  const { kind, name, fullName, members } = account;
  return {
    ...{ username: name, full_name: fullName, bio: account.bio, website: account.website },
    ...{
      social_media: account.socialMedia,
      created_at: account.createdAt,
      _avatar_url: account.avatar === null ? null : avatarOf(account),
    },
    ...{ _hf_type: typeName(kind), _hf_pro: account.isPro },
    ...(kind === 'organization' && members !== null && { _member_count: members }),
    ...sourceTags({ source, account }),
  };
}

/** @param members as many as are known */
export const toOrganizationProfile = (person: PersonDto, members: number | null): OrganizationProfileDto => ({
  ...{ name: person.username, description: person.bio, member_count: members },
  ...person,
  ...(members !== null && { _member_count: members }),
});

export const toAccountType = (kind: AccountKind, source: string): AccountTypeDto => ({
  ...{ type: typeName(kind), _source: source },
});

/** Where it comes from, and whether that tells all. */
export const sourceTags = ({ source, account }: FarAccount): SourceTagsDto => ({
  ...{ _source: source.name, _source_url: source.url },
  ...(account.isPartial && { _partial: true }),
});

const typeName = (kind: AccountKind): 'user' | 'org' => (kind === 'user' ? 'user' : 'org');

const orNull = (record: Record<string, string>): Record<string, string> | null =>
  Object.keys(record).length > 0 ? record : null;
