/** The key under which it is remembered that every source denied what is asked under `key`. */
export const denialKey = (key: string): string => `denied:${key}`;

/** What all keys begin with under which it is remembered what a source said about commits of the repository that `key` binds. */
export const metadataKey = (key: string): string => `metadata:${key}`;

/** Tells the key itself, in whatever case, and what is derived from it (`key:…`) from all others. */
export function isDerivedFrom(key: string): (other: string) => boolean {
  const exact = `${key.toLowerCase()}:`;
  return (other) => `${other.toLowerCase()}:`.startsWith(exact);
}

/** A pattern of Redis for whatever begins so, in whatever case. The names in keys have no character that means something there. */
export const inAnyCase = (text: string): string =>
  `${text.replaceAll(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)}*`;
