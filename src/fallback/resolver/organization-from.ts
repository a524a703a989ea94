import type { SourceAccount } from '../../domain/account.js';

/** An organization whose profile is not available. */
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

/** Combines the profile of an organization with its list of members. If the list is complete, it determines the number of members. */
export function organizationFrom(
  name: string,
  profile: SourceAccount | undefined,
  members: { readonly count: number; readonly isAll: boolean } | undefined,
): SourceAccount {
  const account = profile ?? withoutProfile(name);
  return { ...account, members: account.members ?? (members?.isAll ? members.count : null) };
}
