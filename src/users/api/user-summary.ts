import type { UserSummary } from '../../domain/account.js';
import { publicId } from '../../domain/lookup-key.js';
import type { UrlBuilder } from '../../domain/url-builder.js';
import type { AccountEntity } from '../account.entity.js';
import { localAvatars } from './avatar-urls.js';

/** A user of this hub in a list of users. */
export const toUserSummary = (account: AccountEntity, urls: UrlBuilder): UserSummary => ({
  _id: publicId(account.id),
  user: account.name,
  fullname: account.fullName,
  avatarUrl: localAvatars(urls)(account),
  isPro: false,
  type: 'user',
  isFollowing: false,
});
