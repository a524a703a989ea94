/** Any number of complete characters of a JSON string: plain ones and whole escapes. */
const COMPLETE = /(?:[^\\]+|\\(?:u[0-9a-fA-F]{4}|[^u]))*/y;

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
    COMPLETE.lastIndex = 0;
    const [whole = ''] = COMPLETE.exec(raw) ?? [];
    this.rest = raw.slice(whole.length);
    if (this.rest.length >= 6) throw new SyntaxError('invalid escape');
    const text = this.highSurrogate + (JSON.parse(`"${whole}"`) as string);
    this.highSurrogate = isHighSurrogate(text) ? text.slice(-1) : '';
    return this.highSurrogate ? text.slice(0, -1) : text;
  }
}
