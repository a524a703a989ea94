import type { SourceSetting } from '../../domain/source.js';
import { sourceIdentity } from '../../domain/check-source.js';
import type { FallbackSource } from './fallback-source.entity.js';
import type { TokenCipher } from './token-cipher.js';

/** Encrypts the token of a setting for the database. */
export const encryptToken = ({ token, url }: SourceSetting, cipher: TokenCipher): string | null =>
  token ? cipher.encrypt(token, url) : null;

/** Encrypts the token, or returns the stored one of the source with the same namespace, name and host if the setting has none. */
export function encryptOrKeepToken(
  setting: SourceSetting,
  rows: readonly FallbackSource[],
  cipher: TokenCipher,
): string | null {
  if (setting.token !== undefined) return encryptToken(setting, cipher);
  const existing = rows.find((row) => sourceIdentity(row) === sourceIdentity(setting));
  const isSameOrigin = existing && new URL(existing.url).origin === new URL(setting.url).origin;
  return isSameOrigin ? existing.tokenCipher : null;
}
