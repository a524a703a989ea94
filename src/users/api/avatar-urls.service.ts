import { Inject, Injectable } from '@nestjs/common';
import { avatarUrl, externalAvatarUrl, type AvatarOwner } from './avatar-url.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';

/** Where an account's picture is; empty for none. */
export type AvatarUrlOf = (account: AvatarOwner) => string;

/** Tells clients where the pictures of accounts are. */
@Injectable()
export class AvatarUrls {
  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {}

  /** Its absolute URL. */
  readonly of: AvatarUrlOf = (account) => avatarUrl(this.config.baseUrl, account);

  /** The same of an account of a source. */
  readonly ofFar: AvatarUrlOf = (account) => externalAvatarUrl(this.config.baseUrl, account);
}
