import type { AccountKind } from '../../domain/account.js';
import type { UrlBuilder } from '../../domain/url-builder.js';

/** The account to which an avatar belongs. */
export interface AvatarOwner {
  readonly kind: AccountKind;
  readonly name: string;
  /** Hex SHA-256 of the avatar; null or undefined without one. */
  readonly avatarSha256?: string | null;
}

/** Returns the absolute URL of an account's avatar; empty without one. */
export type AvatarUrlOf = (account: AvatarOwner) => string;

/** Characters of the hash that are enough to distinguish versions of an avatar. */
const VERSION_LENGTH = 12;

/** Identifies a version of an avatar in URLs. */
export const avatarVersion = (sha256: string): string => sha256.slice(0, VERSION_LENGTH);

const avatarPath = ({ kind, name }: AvatarOwner): string => `/api/${kind}s/${encodeURIComponent(name)}/avatar`;

/** The avatars of local accounts. Their URLs contain a version, so that caches load a new avatar. */
export const localAvatars =
  (urls: UrlBuilder): AvatarUrlOf =>
  (account) =>
    account.avatarSha256 ? `${urls.url(avatarPath(account))}?v=${avatarVersion(account.avatarSha256)}` : '';

/** The avatars of external accounts, which this hub serves. Pages never load avatars from sources directly. */
export const externalAvatars =
  (urls: UrlBuilder): AvatarUrlOf =>
  (account) =>
    urls.url(avatarPath(account));
