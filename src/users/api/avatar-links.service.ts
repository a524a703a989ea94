import { Inject, Injectable } from '@nestjs/common';
import { avatarUrl, farAvatarUrl, type Pictured } from './avatar-url.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';

/** Where an account's picture is; empty for none. */
export type AvatarOf = (account: Pictured) => string;

/** Tells clients where the pictures of accounts are. */
@Injectable()
export class AvatarLinks {
  constructor(@Inject(HUB_CONFIG) private readonly config: HubConfig) {}

  /** Its absolute URL. */
  readonly of: AvatarOf = (account) => avatarUrl(this.config.baseUrl, account);

  /** The same of an account of a source. */
  readonly ofFar: AvatarOf = (account) => farAvatarUrl(this.config.baseUrl, account);
}
