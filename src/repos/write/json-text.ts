/** One character of a JSON string as it is written, or several that stand for themselves. */
const WHOLE = /(?:[^\\]+|\\(?:u[0-9a-fA-F]{4}|[^u]))*/y;

/** Letters that stand for themselves in JSON, and end no character in its middle. */
const PLAIN = /^[\x20!#-[\]-~]*$/;

const isHighSurrogate = (text: string): boolean => /[\ud800-\udbff]$/.test(text);

/**
 * Reads what stands between the quotes of a JSON string, however it is cut: escapes, characters of several bytes and pairs of
 * surrogates may be split anywhere.
 */
export class JsonText {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The beginning of an escape. */
  private rest = '';
  /** The first half of a character. */
  private half = '';

  /** @throws TypeError or SyntaxError for what is no text, or no JSON */
  push(bytes: Uint8Array): string {
    return this.read(this.rest + this.decoder.decode(bytes, { stream: true }));
  }

  /** What is left at the end. @throws as `push`; also for a text that ends in the middle of a character */
  end(): string {
    const text = this.read(this.rest + this.decoder.decode());
    if (this.rest !== '') throw new SyntaxError('an escape is cut off');
    return text + this.half;
  }

  private read(written: string): string {
    // most content is base64, which is its own JSON
    if (this.half === '' && PLAIN.test(written)) {
      this.rest = '';
      return written;
    }
    WHOLE.lastIndex = 0;
    const [whole = ''] = WHOLE.exec(written) ?? [];
    this.rest = written.slice(whole.length);
    if (this.rest.length >= 6) throw new SyntaxError('an escape is not written right');
    const text = this.half + (JSON.parse(`"${whole}"`) as string);
    this.half = isHighSurrogate(text) ? text.slice(-1) : '';
    return this.half ? text.slice(0, -1) : text;
  }
}
