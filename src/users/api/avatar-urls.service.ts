import { Inject, Injectable } from '@nestjs/common';
import type { AccountKind } from '../../domain/account.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';

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

/** The URL of a local account's avatar; empty without one. Contains a version, so that caches load a new avatar. */
export function avatarUrl(baseUrl: string, { kind, name, avatarSha256 }: AvatarOwner): string {
  if (!avatarSha256) return '';
  return `${externalAvatarUrl(baseUrl, { kind, name })}?v=${avatarSha256.slice(0, VERSION_LENGTH)}`;
}

/** The URL under which this hub serves an external account's avatar. Pages never load avatars from sources directly. */
export const externalAvatarUrl = (baseUrl: string, { kind, name }: Pick<AvatarOwner, 'kind' | 'name'>): string =>
  `${baseUrl}/api/${kind}s/${encodeURIComponent(name)}/avatar`;

/** Builds avatar URLs under the hub's base URL. */
@Injectable()
export class AvatarUrls {
  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {}

  readonly local: AvatarUrlOf = (account) => avatarUrl(this.config.baseUrl, account);

  readonly external: AvatarUrlOf = (account) => externalAvatarUrl(this.config.baseUrl, account);
}
