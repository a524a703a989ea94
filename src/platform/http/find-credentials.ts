/** The shortest admin token that is checked for. Shorter ones could be guessed with requests, whose number is not limited here. */
const MIN_LENGTH = 32;
/** Encodings within each other that are decoded: `user:token` in base64, percent-encoded twice, has three. */
const MAX_ENCODINGS = 4;

/** An access token as `AccountsService.createToken` creates it, with or without its prefix, which everyone can add again. */
const TOKEN = /hf_[A-Za-z0-9]{40}/g;
const TOKEN_BODY = /(?<![A-Za-z0-9])[A-Za-z0-9]{40}(?![A-Za-z0-9])/g;
/** A commit id, which is as long as a token without its prefix. */
const COMMIT = /^[0-9a-f]{40}$/;
/** The value of a session cookie or a generated admin token: 32 bytes in base64url. */
const RANDOM_VALUE = /(?<![\w-])[\w-]{43}(?![\w-])/g;

const HEX = /(?:[0-9a-f]{2}){32,}/gi;
const BASE64 = /[\w+/-]{40,}/g;
const PRINTABLE = /^[\x20-\x7e]+$/;

/** Texts that may be credentials of this hub. */
export interface PossibleCredentials {
  readonly tokens: readonly string[];
  readonly sessions: readonly string[];
  readonly adminTokens: readonly string[];
}

/** The parts of a URL that may contain a credential, without decoding. */
export const partsOfUrl = (url: string): string[] => url.split(/[/?&=;]/);

/**
 * Finds texts that may be credentials, also if they are percent-encoded, or encoded in base64 or hexadecimal. Returns `undefined` if no text
 * is long enough, as in most requests.
 */
export function findCredentials(texts: readonly string[]): PossibleCredentials | undefined {
  const long = texts.filter(({ length }) => length >= MIN_LENGTH);
  if (long.length === 0) return undefined;
  const readings = [...new Set(long.flatMap(readingsOf))];
  const bodies = matches(readings, TOKEN_BODY).filter((body) => !COMMIT.test(body));
  return {
    tokens: [...new Set([...matches(readings, TOKEN), ...bodies.map((body) => `hf_${body}`)])],
    sessions: [...new Set(matches(readings, RANDOM_VALUE))],
    adminTokens: [...new Set(readings.flatMap((reading) => [reading, ...reading.split(/[\s:/]+/)]))],
  };
}

const matches = (texts: readonly string[], pattern: RegExp): string[] =>
  texts.flatMap((text) => text.match(pattern) ?? []);

/** The text, and what it contains if it is decoded once or several times. */
function readingsOf(text: string): string[] {
  const readings = new Set([text]);
  let latest = [text];
  for (let n = 0; n < MAX_ENCODINGS && latest.length > 0; n += 1) {
    latest = latest.flatMap(decodingsOf).filter((reading) => reading.length >= MIN_LENGTH && !readings.has(reading));
    latest.forEach((reading) => readings.add(reading));
  }
  return [...readings];
}

/** A text that was not encoded in this way becomes binary data, which cannot be a credential. */
const decodingsOf = (text: string): string[] => [
  ...(/[%+]/.test(text) ? [percentDecoded(text)] : []),
  ...matches([text], HEX)
    .map((hex) => Buffer.from(hex, 'hex').toString('latin1'))
    .filter(isPrintable),
  ...matches([text], BASE64)
    .map((base64) => Buffer.from(base64, 'base64').toString('latin1'))
    .filter(isPrintable),
];

const isPrintable = (text: string): boolean => PRINTABLE.test(text);

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
