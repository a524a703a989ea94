/** Length of an escape such as `\u00e9`. */
const UNICODE_ESCAPE_LENGTH = 6;

/** ASCII characters that need no unescaping. */
const PLAIN = /^[\x20!#-[\]-~]*$/;

const isHighSurrogate = (text: string): boolean => /[\ud800-\udbff]$/.test(text);

/**
 * Unescapes the raw bytes between the quotes of a JSON string that arrives in arbitrary pieces: escapes, multi-byte characters and
 * surrogate pairs may be split anywhere.
 */
export class JsonStringReader {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** Start of an incomplete escape. */
  private rest = '';
  /** High surrogate whose low surrogate has not arrived yet. */
  private highSurrogate = '';

  /** @throws TypeError for invalid UTF-8, SyntaxError for invalid JSON */
  push(bytes: Uint8Array): string {
    return this.read(this.rest + this.decoder.decode(bytes, { stream: true }));
  }

  /**
   * Returns the remaining text.
   *
   * @throws as `push`; also if the text ends inside a character or an escape
   */
  end(): string {
    const text = this.read(this.rest + this.decoder.decode());
    if (this.rest !== '') throw new SyntaxError('incomplete escape');
    return text + this.highSurrogate;
  }

  private read(raw: string): string {
    // Fast path: most content is base64, which contains no escapes.
    if (this.highSurrogate === '' && PLAIN.test(raw)) {
      this.rest = '';
      return raw;
    }
    const end = completeLength(raw);
    this.rest = raw.slice(end);
    const text = this.highSurrogate + (JSON.parse(`"${raw.slice(0, end)}"`) as string);
    this.highSurrogate = isHighSurrogate(text) ? text.slice(-1) : '';
    return this.highSurrogate ? text.slice(0, -1) : text;
  }
}

/** The length of the text without an incomplete trailing escape. The parser validates the complete ones. */
function completeLength(raw: string): number {
  for (let at = raw.indexOf('\\'); at >= 0;) {
    const end = at + (raw[at + 1] === 'u' ? UNICODE_ESCAPE_LENGTH : 2);
    if (end > raw.length) return at;
    at = raw.indexOf('\\', end);
  }
  return raw.length;
}
