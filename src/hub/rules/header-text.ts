/** What a header may carry as it is: printable latin-1. `%` stays, so that an already encoded text is not encoded again. */
const CARRIED = /^[\x20-\x7e\xa0-\xff]$/;

const LIMIT = 500;

/** Half of a surrogate pair has no encoding. */
const inHeader = (character: string): string =>
  CARRIED.test(character) ? character : encodeURIComponent(character.replace(/\p{Cs}/u, '\ufffd'));

/**
 * Any text made fit for a header's value: line breaks become spaces, what latin-1 lacks is percent-encoded (Node refuses to send it
 * otherwise), and the whole is cut at 500 characters, never within an encoded one.
 */
export function latin1Safe(text: string): string {
  let safe = '';
  for (const character of text.trim().replace(/[\r\n\t]+/g, ' ')) {
    const next = inHeader(character);
    if (safe.length + next.length > LIMIT) break;
    safe += next;
  }
  return safe.trimEnd();
}
