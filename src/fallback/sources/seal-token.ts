import type { SourceSetting } from '../../domain/source.js';
import { sourceIdentity } from '../../domain/check-source.js';
import type { FallbackSource } from './fallback-source.entity.js';
import type { TokenCipher } from './token-cipher.js';

/** A setting's token as the table keeps it. */
export const sealToken = ({ token, url }: SourceSetting, cipher: TokenCipher): string | null =>
  token ? cipher.seal(token, url) : null;

/** The same; where none is given, the one that a source of the same namespace, name and host has now. */
export function sealOrKeepToken(
  setting: SourceSetting,
  rows: readonly FallbackSource[],
  cipher: TokenCipher,
): string | null {
  if (setting.token !== undefined) return sealToken(setting, cipher);
  const same = rows.find((row) => sourceIdentity(row) === sourceIdentity(setting));
  return same && new URL(same.url).origin === new URL(setting.url).origin ? same.tokenCipher : null;
}
