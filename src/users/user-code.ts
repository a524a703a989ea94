/** Letters of user codes, as RFC 8628 (section 6.1) suggests: no vowels, because these would form words, and no letters that look like digits. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;
const GROUP = 4;

/**
 * A code that a person types in, such as `WDJB-MJHT`. There are 20⁸ of them.
 * @param randomBelow - a random integer below its argument
 */
export const newUserCode = (randomBelow: (limit: number) => number): string =>
  Array.from({ length: LENGTH }, () => LETTERS[randomBelow(LETTERS.length)]).join('');

/** The code as people read it. */
export const formatUserCode = (code: string): string => `${code.slice(0, GROUP)}-${code.slice(GROUP)}`;

/** The code that a person has typed, in any case and with any separators; undefined if it cannot be one. */
export function parseUserCode(text: string): string | undefined {
  const code = text.slice(0, 100).toUpperCase().replaceAll(/[\s-]/g, '');
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : undefined;
}
