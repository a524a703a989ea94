/** The shortest text that is searched. Shorter secrets would be found in texts that only happen to contain them. */
const MIN_LENGTH = 12;
/** Encodings within each other that are decoded: `user:token` in base64, percent-encoded twice, has three. */
const MAX_ENCODINGS = 4;
/** Readings of one text, so that nested encodings cannot multiply. Real texts have fewer than ten. */
const MAX_READINGS = 64;
/** Characters attached to a credential. A segment of a path has at most 255. */
const MAX_ATTACHED = 256;
/** Candidates of one kind that are looked up. Above, only those at the ends of long words are. */
const MAX_CANDIDATES = 2000;
/** Different characters that a random value of 40 characters has at least, except for one in 10^8. */
const MIN_VARIETY = 16;

/** Access tokens as `AccountsService.createToken` creates them, and as 0.1.0 did. */
const TOKENS = [/hf_[A-Za-z]{34}/g, /hf_[A-Za-z0-9]{40}/g];
/** Tokens without their prefix, which everyone can add again. */
const TOKEN_BODIES = [
  { pattern: /[A-Za-z]{34,}/g, length: 34 },
  { pattern: /[A-Za-z0-9]{40,}/g, length: 40 },
] as const;
/** The value of a session cookie: 32 bytes in base64url. */
const SESSION = { pattern: /[\w-]{43,}/g, length: 43 } as const;

const HEX = /[0-9a-f]{24,}/gi;
const BASE64 = /[\w+/-]{16,}/g;
const PRINTABLE = /[\x20-\x7e]{12,}/g;

/** Texts that may be credentials of this hub. */
export interface PossibleCredentials {
  readonly tokens: readonly string[];
  readonly sessions: readonly string[];
  /** The texts as they are and decoded, which may contain the admin token. */
  readonly readings: readonly string[];
}

/** The parts of a URL that may contain a credential, without decoding; first the URL itself, since secrets may contain separators. */
export const partsOfUrl = (url: string): string[] => {
  const parts = url.split(/[/?&=;]/);
  return parts.length === 1 ? parts : [url, ...parts];
};

/**
 * Finds texts that may be credentials, also with other characters before and after them, and if they are percent-encoded, or encoded in
 * base64 or hexadecimal. Returns `undefined` if no text is long enough.
 */
export function findCredentials(texts: readonly string[], minLength = MIN_LENGTH): PossibleCredentials | undefined {
  const long = texts.filter(({ length }) => length >= minLength);
  if (long.length === 0) return undefined;
  const readings = [...new Set(long.flatMap(readingsOf))];
  const tokens = TOKENS.flatMap((pattern) => matches(readings, pattern));
  const bodies = TOKEN_BODIES.flatMap((kind) => windowsOf(readings, kind)).map((body) => `hf_${body}`);
  return { tokens: [...new Set([...tokens, ...bodies])], sessions: windowsOf(readings, SESSION), readings };
}

const matches = (texts: readonly string[], pattern: RegExp): string[] =>
  texts.flatMap((text) => text.match(pattern) ?? []);

/** All parts of a length in the words that may be random. */
function windowsOf(
  texts: readonly string[],
  { pattern, length }: { readonly pattern: RegExp; readonly length: number },
): string[] {
  const windows = new Set<string>();
  for (const word of new Set(matches(texts, pattern).filter(mayBeRandom))) {
    const last = word.length - length;
    const isShort = last <= MAX_ATTACHED && windows.size < MAX_CANDIDATES;
    for (const at of isShort ? Array(last + 1).keys() : [0, last]) {
      const window = word.slice(at, at + length);
      if (mayBeRandom(window)) windows.add(window);
    }
  }
  return [...windows];
}

/** Random values have letters of both cases; file names, commit ids and hashes mostly do not. */
const mayBeRandom = (text: string): boolean =>
  /[a-z]/.test(text) && /[A-Z]/.test(text) && new Set(text).size >= MIN_VARIETY;

/** The text, and what it contains if it is decoded once or several times. */
function readingsOf(text: string): string[] {
  const readings = new Set([text]);
  let latest = [text];
  for (let n = 0; n < MAX_ENCODINGS && latest.length > 0 && readings.size < MAX_READINGS; n += 1) {
    latest = latest.flatMap(decodingsOf).filter((reading) => reading.length >= MIN_LENGTH && !readings.has(reading));
    latest = latest.slice(0, MAX_READINGS);
    latest.forEach((reading) => readings.add(reading));
  }
  return [...readings];
}

/** A text that was not encoded in this way becomes binary data, which cannot be a credential. */
const decodingsOf = (text: string): string[] => [
  ...(text.includes('%') ? [percentDecoded(text)] : []),
  ...(text.includes('+') ? [percentDecoded(text.replaceAll('+', ' '))] : []),
  ...matches([text], HEX).flatMap((word) => decoded(word, 'hex', 2)),
  ...matches([text], BASE64).flatMap((word) => decoded(word, 'base64', 4)),
];

/** Other characters before an encoded text shift the groups that are decoded together. */
const decoded = (word: string, encoding: 'hex' | 'base64', group: number): string[] =>
  [...Array(group).keys()].flatMap((at) =>
    matches([Buffer.from(word.slice(at), encoding).toString('latin1')], PRINTABLE),
  );

/** Leaves malformed sequences as they are. */
const percentDecoded = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
