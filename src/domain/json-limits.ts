/** Far more than any request or response has. Much of what handles parsed JSON is recursive and would exhaust the stack. */
export const MAX_JSON_DEPTH = 100;

/** Limits of a JSON text. */
export interface JsonLimits {
  /** Levels of lists and objects inside each other. */
  readonly depth: number;
  /** Items of all lists and members of all objects together. An empty list or object counts as one. */
  readonly elements: number;
  /** Members of one object. */
  readonly keys: number;
  /** Length of a string or key, in the bytes or characters between its quotes. */
  readonly string: number;
}

const UNLIMITED: JsonLimits = { depth: Infinity, elements: Infinity, keys: Infinity, string: Infinity };

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The first limit that a JSON text exceeds. Takes one pass and does not validate the JSON, so that nothing is parsed or allocated for a text
 * that is refused.
 *
 * @param json - text, or its bytes in UTF-8
 */
export function exceededLimit(json: string | Uint8Array, limits: JsonLimits): keyof JsonLimits | undefined {
  const keys = [0]; // for each open object, from the outermost to the innermost
  let elements = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = codeAt(json, at);
    if (code === QUOTE) {
      const end = closingQuote(json, at);
      if (end - at - 1 > limits.string) return 'string';
      at = end;
    } else if (code === COMMA) {
      if ((elements += 1) > limits.elements) return 'elements';
    } else if (code === COLON) {
      if ((keys[keys.length - 1]! += 1) > limits.keys) return 'keys';
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (keys.push(0) - 1 > limits.depth) return 'depth';
      if ((elements += 1) > limits.elements) return 'elements';
    } else if ((code === CLOSE_LIST || code === CLOSE_OBJECT) && keys.length > 1) keys.pop();
  }
  return undefined;
}

/** Whether arrays and objects are nested deeper than `MAX_JSON_DEPTH`. */
export const isNestedTooDeeply = (json: string | Uint8Array): boolean =>
  exceededLimit(json, { ...UNLIMITED, depth: MAX_JSON_DEPTH }) !== undefined;

const codeAt = (json: string | Uint8Array, at: number): number =>
  typeof json === 'string' ? json.charCodeAt(at) : json[at]!;

/** The position of the quote that closes a string, or the end of the text. */
function closingQuote(json: string | Uint8Array, opening: number): number {
  let at = opening + 1;
  while (at < json.length) {
    const code = codeAt(json, at);
    if (code === QUOTE) break;
    at += code === BACKSLASH ? 2 : 1;
  }
  return at;
}
