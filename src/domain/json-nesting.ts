/** Far more than any request or response has. Much of what handles parsed JSON is recursive and would exhaust the stack. */
export const MAX_JSON_DEPTH = 100;

/**
 * Whether arrays and objects are nested deeper than `MAX_JSON_DEPTH`. Takes one pass and does not validate the JSON.
 *
 * @param json - text, or its bytes in UTF-8
 */
export function isNestedTooDeeply(json: string | Uint8Array): boolean {
  const text =
    typeof json === 'string' ? json : Buffer.from(json.buffer, json.byteOffset, json.length).toString('latin1');
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = closingQuote(text, at);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > MAX_JSON_DEPTH) return true;
  }
  return false;
}

/** The position of the quote that closes a string, or the end of the text. */
function closingQuote(text: string, opening: number): number {
  let at = opening + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
