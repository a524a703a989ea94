import type { SourceAccount } from '../../../domain/account.js';
import type { AccountOperation, ProfileOperation } from '../../../domain/hub-operation.js';
import type { QueryPairs } from '../../../domain/operation.js';
import type { UpstreamRequest } from '../../../domain/upstream.js';
import { spelledBy } from '../../../domain/account-name.js';
import { encodePath, encodeQuery } from '../../../domain/encode-path.js';
import { countOf, fieldsOf, momentOf, textOf, webAddressOf } from '../../../domain/read-fields.js';
import { socialMediaOf } from '../../../domain/social-media.js';
import { accountSegments, planAccount } from '../account-requests.js';

/** Profiles for both kinds; an organization's members are at an address of their own. */
export function planKohakuHubAccount(operation: AccountOperation, localOnly: QueryPairs): UpstreamRequest {
  if (operation.kind !== 'accountList') return planAccount([...accountSegments(operation), 'profile'], localOnly);
  const { list, name, page } = operation;
  const home = list === 'members' ? ['org', name] : accountSegments(operation);
  return planAccount([...home, list], [...page, ...localOnly]);
}

/** A profile. Where the picture is goes without saying: next to it. */
export function decodeProfile(operation: ProfileOperation, json: unknown, localOnly: QueryPairs): SourceAccount {
  const given = fieldsOf(json);
  const { username, full_name, description, bio, website, social_media, created_at, member_count } = given;
  const name = spelledBy(operation.name, username ?? given['name']);
  return {
    ...{ kind: operation.kind === 'userProfile' ? 'user' : 'organization', name },
    ...{ fullName: textOf(full_name, 200) ?? name, bio: textOf(bio ?? description, 2000) },
    ...{ website: webAddressOf(website), socialMedia: socialMediaOf(social_media), createdAt: momentOf(created_at) },
    avatar: `${encodePath([...accountSegments(operation), 'avatar'])}${encodeQuery(localOnly)}`,
    ...{ isPro: false, members: countOf(member_count) ?? null, isPartial: false, facts: {} },
  };
}
