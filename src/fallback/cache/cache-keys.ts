import { BINDING_KEY_PREFIX } from '../../platform/cluster/cluster-key-prefix.js';

/** The key of a negative entry, which records that no source served the request with this key. */
export const negativeKey = (key: string): string => `${BINDING_KEY_PREFIX}denied:${key}`;

/** Prefix of the keys of commit metadata, for the repository with the binding key `key`. */
export const metadataKey = (key: string): string => `${BINDING_KEY_PREFIX}metadata:${key}`;

/** Matches a key, case-insensitively, and the keys derived from it (`key:…`). */
export function isDerivedFrom(key: string): (other: string) => boolean {
  const prefix = `${key.toLowerCase()}:`;
  return (other) => `${other.toLowerCase()}:`.startsWith(prefix);
}

/** A Redis pattern for keys with this prefix, case-insensitive. Repository ids contain no special characters of patterns. */
export const caseInsensitivePattern = (text: string): string =>
  `${text.replaceAll(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)}*`;
