/** Users and organizations share one name space, here as at sources. */
export type AccountKind = 'user' | 'organization';

/** The lists of people that an account has (contract A.9). */
export const ACCOUNT_LISTS = ['members', 'followers', 'following', 'likes'] as const;
export type AccountList = (typeof ACCOUNT_LISTS)[number];

/** What a source tells of one of its accounts, in our words; everything has been checked to be of its kind. */
export interface SourceAccount {
  readonly kind: AccountKind;
  /** As it was asked for; as the source spells it where only the case differs. */
  readonly name: string;
  readonly fullName: string;
  readonly bio: string | null;
  /** An http(s) URL. */
  readonly website: string | null;
  /** Name or http(s) URL by network. */
  readonly socialMedia: Readonly<Record<string, string>> | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly isPro: boolean;
  /** Where the source says that its picture is: absolute, or on the source's own base. */
  readonly avatar: string | null;
  /** Of an organization, where the source tells. */
  readonly members: number | null;
  /** Does the source not tell all that a profile has? */
  readonly isPartial: boolean;
  /** Further facts in huggingface.co's spelling, for overviews (contract D.6). */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A user in a list of people (contract D.6). */
export interface ListedUser {
  readonly _id: string;
  readonly user: string;
  readonly fullname: string;
  readonly avatarUrl: string;
  readonly isPro: boolean;
  readonly type: 'user';
  readonly isFollowing: false;
}
