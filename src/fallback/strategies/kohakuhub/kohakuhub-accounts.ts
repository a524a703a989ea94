import type { SourceAccount } from '../../../domain/account.js';
import { sourceSpelling } from '../../../domain/account-name.js';
import { encodePath, encodeQuery } from '../../../domain/encode-path.js';
import type { ProfileOperation } from '../../../domain/operation.js';
import type { QueryPairs } from '../../../domain/query.js';
import { countOf, fieldsOf, dateTextOf, textOf, webUrlOf } from '../../../domain/read-fields.js';
import { socialMediaOf } from '../../../domain/social-media.js';
import { accountSegments } from '../account-requests.js';

/** The account of a profile. The profile does not include the URL of the avatar, which can be derived. */
export function accountOfProfile(operation: ProfileOperation, json: unknown, avatarQuery: QueryPairs): SourceAccount {
  const fields = fieldsOf(json);
  const { username, full_name, description, bio, website, social_media, created_at, member_count } = fields;
  const name = sourceSpelling(operation.name, username ?? fields['name']);
  return {
    kind: operation.kind === 'userProfile' ? 'user' : 'organization',
    name,
    fullName: textOf(full_name, 200) ?? name,
    bio: textOf(bio ?? description, 2000),
    website: webUrlOf(website),
    socialMedia: socialMediaOf(social_media),
    createdAt: dateTextOf(created_at),
    avatar: `${encodePath([...accountSegments(operation), 'avatar'])}${encodeQuery(avatarQuery)}`,
    isPro: false,
    members: countOf(member_count) ?? null,
    isPartial: false,
    facts: {},
  };
}
