/**
 * Scripts that use joiners (U+200C, U+200D) within words: Persian, Hindi and others. In other scripts a joiner is invisible.
 */
const JOINING_SCRIPTS = [
  'Arabic',
  'Syriac',
  'Mongolian',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
];

/** Matches the characters that can precede a joiner: a character of such a script, or an emoji, since many emoji are sequences with joiners. */
const BEFORE_JOINER = `[${JOINING_SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')}\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f]`;

const JOINER_OUT_OF_PLACE = `(?<!${BEFORE_JOINER})[\\u200c\\u200d]`;

/**
 * Characters without a visible shape: bidirectional controls (UAX #9), which reorder the text around them, and format characters,
 * fillers and separators that are displayed as nothing or as a space. Emoji variation selectors are not among them.
 */
const INVISIBLE = `(?![\\u200c\\u200d])[\\p{Cf}\\p{Zl}\\p{Zp}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u3164\\uffa0]|${JOINER_OUT_OF_PLACE}`;

// eslint-disable-next-line no-restricted-syntax -- matches single characters, without repetition
const FIRST_INVISIBLE = new RegExp(INVISIBLE, 'u');
// eslint-disable-next-line no-restricted-syntax -- as above
const NOT_DISPLAYABLE = new RegExp(`${INVISIBLE}|[\\p{Cc}\\p{Cs}]`, 'gu');

/** The first invisible character of a name, as `U+202E`; or `undefined`. */
export function findInvisibleCharacter(name: string): string | undefined {
  const found = FIRST_INVISIBLE.exec(name)?.[0];
  return found === undefined ? undefined : `U+${hexOf(found)}`;
}

/** Replaces invisible and control characters with their escape sequences, for example `\u202E`, so that a reader sees them. */
export function escapeInvisible(name: string): string {
  return name.replaceAll(NOT_DISPLAYABLE, (character) => {
    const hex = hexOf(character);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
  });
}

const hexOf = (character: string): string => character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
