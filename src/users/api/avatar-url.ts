import type { AccountKind } from '../../domain/account.js';

/** Whose picture. */
export interface AvatarOwner {
  readonly kind: AccountKind;
  readonly name: string;
  /** Of the picture's bytes, hexadecimal; null or absent: there is none. */
  readonly avatarSha256?: string | null;
}

/** Enough of a hash to tell one picture of an account from the one before. */
const VERSION_LETTERS = 12;

/** Where an account's picture is, under the hub's own address; empty for none. Another picture has another URL, for the sake of caches. */
export function avatarUrl(baseUrl: string, { kind, name, avatarSha256 }: AvatarOwner): string {
  if (!avatarSha256) return '';
  return `${externalAvatarUrl(baseUrl, { kind, name })}?v=${avatarSha256.slice(0, VERSION_LETTERS)}`;
}

/** Where the hub shows the picture of a source's account, whatever it is: pages load it from nowhere else. */
export const externalAvatarUrl = (baseUrl: string, { kind, name }: Pick<AvatarOwner, 'kind' | 'name'>): string =>
  `${baseUrl}/api/${kind}s/${encodeURIComponent(name)}/avatar`;
