import { HubError } from '../../domain/hub-error.js';

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A line of JSON, or a piece of a long string that belongs to the following line. */
export type ScannedPiece =
  | { readonly kind: 'long'; readonly line: number; readonly bytes: Buffer }
  | { readonly kind: 'line'; readonly line: number; readonly bytes: Buffer };

/** Limits in bytes, except for `lines`. */
export interface ScanLimits {
  /** Maximum number of lines, including empty ones. */
  readonly lines: number;
  /** Longer strings are emitted in pieces, as the raw bytes between their quotes; in the line, `[]` replaces them. */
  readonly longString: number;
  /** Maximum length of a line, without its long string. */
  readonly line: number;
}

/**
 * Splits a stream of JSON lines into lines with bounded memory: the pieces of a line's long string are emitted before the line. Each
 * line may have one long string, since a file's content is the only long value that clients send.
 */
export class LineScanner {
  private line = 1;
  private buffered: Buffer[] = [];
  private size = 0;
  private inString = false;
  private escaped = false;
  /** Offset of the current string in the line, including its quote. */
  private stringAt = 0;
  private longString: 'none' | 'reading' | 'done' = 'none';

  constructor(private readonly limits: ScanLimits) {}

  /** @throws HubError `BadRequest` if there are too many lines, or a line is too long or has two long strings */
  *push(chunk: Buffer): Generator<ScannedPiece> {
    let at = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, at)) {
      this.checkCount();
      if (end > at) yield* this.scan(chunk.subarray(at, end));
      if (end > at || this.size > 0 || this.longString !== 'none') yield* this.end();
      else this.line += 1;
      at = end + 1;
    }
    yield* this.scan(chunk.subarray(at));
  }

  /** Ends the current line. Also called at the end of the body, since the last line needs no newline. */
  *end(): Generator<ScannedPiece> {
    const bytes = Buffer.concat(this.buffered);
    if (bytes.length > 0) {
      this.checkCount();
      yield { kind: 'line', line: this.line, bytes };
    }
    this.line += 1;
    this.buffered = [];
    this.size = 0;
    this.inString = false;
    this.escaped = false;
    this.longString = 'none';
  }

  private checkCount(): void {
    const { lines } = this.limits;
    if (this.line > lines)
      throw new HubError('BadRequest', `The request body has more than the limit of ${lines} lines`);
  }

  private *scan(part: Buffer): Generator<ScannedPiece> {
    let at = 0;
    while (at < part.length) {
      const wasInString = this.inString;
      const end = wasInString ? this.stringEnd(part, at) : stringStart(part, at);
      if (this.longString === 'reading') {
        const closed = !this.inString;
        if (end - at > (closed ? 1 : 0)) yield this.piece(part.subarray(at, closed ? end - 1 : end));
        if (closed) this.longString = 'done';
      } else {
        this.append(part.subarray(at, end));
        if (!wasInString) this.openString(part, end);
        else if (this.size - this.stringAt > this.limits.longString) yield* this.extractLongString();
        if (this.size > this.limits.line) throw this.error(`is longer than ${this.limits.line} bytes`);
      }
      at = end;
    }
  }

  /** The offset after the string's closing quote, or the end of the part. */
  private stringEnd(part: Buffer, from: number): number {
    let at = from;
    if (this.escaped) at += 1;
    this.escaped = false;
    let quote = part.indexOf(QUOTE, at);
    // Backslashes after the quote are left for later, because a chunk can have thousands of strings.
    for (let backslash = backslashBefore(part, at, quote); backslash >= 0;) {
      at = backslash + 2;
      if (at > part.length) this.escaped = true;
      if (quote >= 0 && quote < at) quote = part.indexOf(QUOTE, at);
      backslash = backslashBefore(part, at, quote);
    }
    this.inString = quote < 0;
    return quote < 0 ? part.length : quote + 1;
  }

  private openString(part: Buffer, end: number): void {
    if (part[end - 1] !== QUOTE) return;
    this.inString = true;
    this.stringAt = this.size - 1;
  }

  private append(bytes: Buffer): void {
    this.buffered.push(Buffer.from(bytes)); // A copy, so that the line does not keep the whole chunk in memory.
    this.size += bytes.length;
  }

  /** Moves the current string out of the line once it exceeds `longString`. */
  private *extractLongString(): Generator<ScannedPiece> {
    if (this.longString === 'done') throw this.error('has two long strings');
    const bytes = Buffer.concat(this.buffered);
    const [before, string] = [bytes.subarray(0, this.stringAt), bytes.subarray(this.stringAt + 1)];
    this.buffered = [Buffer.from(before), Buffer.from('[]')];
    this.size = before.length + 2;
    this.longString = this.inString ? 'reading' : 'done';
    yield this.piece(this.inString ? string : string.subarray(0, -1));
  }

  private error(what: string): HubError {
    return new HubError('BadRequest', `Line ${this.line} ${what}`);
  }

  private piece(bytes: Buffer): ScannedPiece {
    return { kind: 'long', line: this.line, bytes };
  }
}

/** The offset of the next backslash before a quote, if there is one; -1 without a backslash. */
function backslashBefore(part: Buffer, from: number, quote: number): number {
  const index = part.subarray(from, quote < 0 ? part.length : quote).indexOf(BACKSLASH);
  return index < 0 ? -1 : from + index;
}

/** The offset after the next opening quote, or the end of the part. */
function stringStart(part: Buffer, from: number): number {
  const quote = part.indexOf(QUOTE, from);
  return quote < 0 ? part.length : quote + 1;
}
