import type { AccountSettingsChanges } from '../account-settings.service.js';
import type { AccountEntity } from '../account.entity.js';
import type { AvatarUrlOf } from './avatar-urls.js';
import type { AccountSettingsDto, ChangeSettingsDto } from './dto/account-settings.dto.js';

/** Omits networks with an empty name, which removes them. */
export const toSettingsChanges = ({
  full_name: fullName,
  social_media: socialMedia,
  ...unchanged
}: ChangeSettingsDto): AccountSettingsChanges => ({
  ...unchanged,
  fullName,
  socialMedia: socialMedia && withoutEmpty(socialMedia as Record<string, string | null>),
});

const withoutEmpty = (names: Readonly<Record<string, string | null | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).flatMap(([network, name]) => (name ? [[network, name]] : [])));

export const toSettings = (account: AccountEntity, avatarOf: AvatarUrlOf): AccountSettingsDto => ({
  name: account.name,
  full_name: account.fullName,
  bio: account.bio,
  website: account.website,
  social_media: account.socialMedia,
  email: account.email,
  avatar_url: avatarOf(account),
});
