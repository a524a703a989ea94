/** Whose picture. */
export interface Pictured {
  readonly kind: 'user' | 'organization';
  readonly name: string;
  /** Of the picture's bytes, hexadecimal; null or absent: there is none. */
  readonly avatarSha256?: string | null;
}

/** Enough of a hash to tell one picture of an account from the one before. */
const VERSION_LETTERS = 12;

/** Where an account's picture is, under the hub's own address; empty for none. Another picture has another URL, for the sake of caches. */
export function avatarUrl(baseUrl: string, { kind, name, avatarSha256 }: Pictured): string {
  if (!avatarSha256) return '';
  return `${baseUrl}/api/${kind}s/${encodeURIComponent(name)}/avatar?v=${avatarSha256.slice(0, VERSION_LETTERS)}`;
}
