import type { SourceAccount } from '../../domain/account.js';

/** An organization of which nothing but its members is known. */
const bare = (name: string): SourceAccount => ({
  ...{ kind: 'organization', name, fullName: name, bio: null, website: null, socialMedia: null, createdAt: null },
  ...{ isPro: false, avatar: null, members: null, isPartial: true, facts: {} },
});

/**
 * An organization is told by its member list; its profile, where the source answers with one, has name, picture and counts. The list
 * counts the members where it is whole and the profile does not.
 */
export function organizationFrom(
  name: string,
  profile: SourceAccount | undefined,
  members: { readonly count: number; readonly isAll: boolean } | undefined,
): SourceAccount {
  const known = profile ?? bare(name);
  return { ...known, members: known.members ?? (members?.isAll ? members.count : null) };
}
