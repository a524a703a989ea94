/**
 * Characters that are not encoded: printable ASCII. Latin-1 would be valid, but Node encodes headers like the body if it sends both at
 * once. `%` is among them, so that encoded text is not encoded twice.
 */
const UNENCODED = /^[\x20-\x7e]*$/;

const MAX_LENGTH = 500;

/** Lone surrogates have no encoding. */
const encodeCharacter = (character: string): string =>
  UNENCODED.test(character) ? character : encodeURIComponent(character.replace(/\p{Cs}/u, '\ufffd'));

/**
 * Makes a text safe for a header: line breaks become spaces, characters outside of ASCII are percent-encoded, and the result is cut
 * at 500 characters, not inside an escape.
 */
export function headerSafe(text: string): string {
  if (text.length <= MAX_LENGTH && UNENCODED.test(text)) return text.trim();
  let safe = '';
  for (const character of text.trim().replace(/[\r\n\t]+/g, ' ')) {
    const next = encodeCharacter(character);
    if (safe.length + next.length > MAX_LENGTH) break;
    safe += next;
  }
  return safe.trimEnd();
}
