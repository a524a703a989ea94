/** Users and organizations share one namespace, on this hub and on sources. */
export type AccountKind = 'user' | 'organization';

/** Lists of users that an account has (contract A.9). */
export const ACCOUNT_LISTS = ['members', 'followers', 'following', 'likes'] as const;
export type AccountList = (typeof ACCOUNT_LISTS)[number];

/** An account of a source in the hub's format. All values are validated. */
export interface SourceAccount {
  readonly kind: AccountKind;
  /** The requested name, with the source's upper and lower case. */
  readonly name: string;
  readonly fullName: string;
  readonly bio: string | null;
  /** An http(s) URL. */
  readonly website: string | null;
  /** User name or http(s) URL by network. */
  readonly socialMedia: Readonly<Record<string, string>> | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly isPro: boolean;
  /** The avatar's URL: absolute, or relative to the source's URL. */
  readonly avatar: string | null;
  /** Number of members of an organization; null if unknown. */
  readonly members: number | null;
  /** Whether the source omits some details of the profile. */
  readonly isPartial: boolean;
  /** Further fields of an overview, named as on huggingface.co (contract D.6). */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A user in a list (contract D.6). */
export interface UserSummary {
  readonly _id: string;
  readonly user: string;
  readonly fullname: string;
  readonly avatarUrl: string;
  readonly isPro: boolean;
  readonly type: 'user';
  readonly isFollowing: false;
}
