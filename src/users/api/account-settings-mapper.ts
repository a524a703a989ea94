import type { AccountSettingsChanges } from '../account-settings.service.js';
import type { AccountEntity } from '../account.entity.js';
import type { AvatarUrlOf } from './avatar-urls.service.js';
import type { AccountSettingsDto, ChangeSettingsDto } from './dto/account-settings.dto.js';

/** What a body of settings changes. Networks without a name are left out. */
export const toChanges = ({ full_name: fullName, social_media, ...same }: ChangeSettingsDto): AccountSettingsChanges => ({
  ...same,
  fullName,
  socialMedia:
    social_media && Object.fromEntries(Object.entries(social_media as Record<string, string | null>).flatMap(named)),
});

const named = ([network, name]: [string, string | null | undefined]): [string, string][] =>
  name ? [[network, name]] : [];

/** An account's settings in the API's spelling. */
export function toSettings(account: AccountEntity, avatarOf: AvatarUrlOf): AccountSettingsDto {
  const { name, fullName, bio, website, socialMedia, email } = account;
  return { name, full_name: fullName, bio, website, social_media: socialMedia, email, avatar_url: avatarOf(account) };
}
