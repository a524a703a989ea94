/** The key of a negative entry: every source denied the request with this key. */
export const negativeKey = (key: string): string => `denied:${key}`;

/** The beginning of all keys of commit metadata of the repository that `key` binds. */
export const metadataKey = (key: string): string => `metadata:${key}`;

/** Matches a key, case-insensitively, and the keys derived from it (`key:…`). */
export function isDerivedFrom(key: string): (other: string) => boolean {
  const prefix = `${key.toLowerCase()}:`;
  return (other) => `${other.toLowerCase()}:`.startsWith(prefix);
}

/** A Redis pattern for keys that begin with a text, case-insensitively. Repository ids have no characters that are special in patterns. */
export const caseInsensitivePattern = (text: string): string =>
  `${text.replaceAll(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)}*`;
