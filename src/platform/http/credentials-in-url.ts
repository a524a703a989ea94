/** An access token, or the beginning of a longer text with one. */
const TOKEN = /hf_[A-Za-z0-9]{30,}/g;
/** The value of a session cookie or a generated admin token: 32 bytes in base64url. */
const RANDOM_VALUE = /^[\w-]{43}$/;
/** The shortest admin token that is checked for. Shorter ones could be guessed with requests, whose number is not limited here. */
const MIN_ADMIN_TOKEN_LENGTH = 32;

/** Parts of a URL that may be credentials of this hub. */
export interface UrlCredentials {
  readonly tokens: readonly string[];
  readonly sessions: readonly string[];
  readonly adminTokens: readonly string[];
}

/** Finds parts of the path and query that may be credentials. `undefined` if no part is long enough, as in most URLs. */
export function credentialsInUrl(url: string): UrlCredentials | undefined {
  const parts = url.split(/[/?&=;]/).filter((part) => part.length >= MIN_ADMIN_TOKEN_LENGTH);
  if (parts.length === 0) return undefined;
  const decoded = parts.map(decode);
  return {
    tokens: decoded.flatMap((part) => part.match(TOKEN) ?? []),
    sessions: decoded.filter((part) => RANDOM_VALUE.test(part)),
    adminTokens: decoded,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return part;
  }
}
