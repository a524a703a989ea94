/**
 * What a header may carry as it is: printable ASCII. Latin-1 would be allowed, but Node writes headers in the body's encoding when both leave
 * in one piece. `%` stays, so that an already encoded text is not encoded again.
 */
const CARRIED = /^[\x20-\x7e]*$/;

const LIMIT = 500;

/** Half of a surrogate pair has no encoding. */
const inHeader = (character: string): string =>
  CARRIED.test(character) ? character : encodeURIComponent(character.replace(/\p{Cs}/u, '\ufffd'));

/**
 * Any text made fit for a header's value: line breaks become spaces, what ASCII lacks is percent-encoded, and the whole is cut at 500
 * characters, never within an encoded one.
 */
export function headerSafe(text: string): string {
  if (text.length <= LIMIT && CARRIED.test(text)) return text.trim();
  let safe = '';
  for (const character of text.trim().replace(/[\r\n\t]+/g, ' ')) {
    const next = inHeader(character);
    if (safe.length + next.length > LIMIT) break;
    safe += next;
  }
  return safe.trimEnd();
}
