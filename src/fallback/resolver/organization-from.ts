import type { SourceAccount } from '../../domain/account.js';

/** An organization of which only the members are known. */
const withoutProfile = (name: string): SourceAccount => ({
  kind: 'organization',
  name,
  fullName: name,
  bio: null,
  website: null,
  socialMedia: null,
  createdAt: null,
  isPro: false,
  avatar: null,
  members: null,
  isPartial: true,
  facts: {},
});

/** Combines an organization's profile with its list of members, which has the number of members if it is complete. */
export function organizationFrom(
  name: string,
  profile: SourceAccount | undefined,
  members: { readonly count: number; readonly isAll: boolean } | undefined,
): SourceAccount {
  const account = profile ?? withoutProfile(name);
  return { ...account, members: account.members ?? (members?.isAll ? members.count : null) };
}
