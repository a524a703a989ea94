import { HubError } from '../../domain/hub-error.js';

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A line of JSON, or a piece of a string in it that is too long to be kept with it. */
export type ScannedPiece =
  | { readonly kind: 'long'; readonly line: number; readonly bytes: Buffer }
  | { readonly kind: 'line'; readonly line: number; readonly bytes: Buffer };

/** How long things may be, in bytes. */
export interface ScanLimits {
  /** A string that is longer is handed out in pieces, as it stands between its quotes; in the line `[]` takes its place. */
  readonly longString: number;
  /** Of a line, without its long string. */
  readonly line: number;
}

/**
 * Cuts a stream of JSON lines into lines, in memory that does not grow with a line's length: before the line come the pieces of its
 * long string. One per line is enough, since the content of a file is the only long thing that people send.
 */
export class LineScanner {
  private line = 1;
  private kept: Buffer[] = [];
  private size = 0;
  private inString = false;
  private escaped = false;
  /** Where in the line the current string begins, its quote included. */
  private stringAt = 0;
  private long: 'none' | 'now' | 'had' = 'none';

  constructor(private readonly limits: ScanLimits) {}

  /** @throws HubError `BadRequest` for a line with too much in it */
  *push(chunk: Buffer): Generator<ScannedPiece> {
    let at = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, at)) {
      yield* this.scan(chunk.subarray(at, end));
      yield* this.end();
      at = end + 1;
    }
    yield* this.scan(chunk.subarray(at));
  }

  /** The end of a line, or of everything: a last line needs no line end. */
  *end(): Generator<ScannedPiece> {
    const bytes = Buffer.concat(this.kept);
    if (bytes.length > 0) yield { kind: 'line', line: this.line, bytes };
    this.line += 1;
    [this.kept, this.size, this.inString, this.escaped, this.long] = [[], 0, false, false, 'none'];
  }

  private *scan(part: Buffer): Generator<ScannedPiece> {
    let at = 0;
    while (at < part.length) {
      const wasInString = this.inString;
      const end = wasInString ? this.stringEnd(part, at) : stringStart(part, at);
      if (this.long === 'now') {
        const closed = !this.inString;
        if (end - at > (closed ? 1 : 0)) yield this.piece(part.subarray(at, closed ? end - 1 : end));
        if (closed) this.long = 'had';
      } else {
        this.keep(part.subarray(at, end));
        if (!wasInString) this.openString(part, end);
        else if (this.size - this.stringAt > this.limits.longString) yield* this.divert();
        if (this.size > this.limits.line) throw this.fault(`is longer than ${this.limits.line} bytes`);
      }
      at = end;
    }
  }

  /** Just behind the string's closing quote, or the end of what is there. */
  private stringEnd(part: Buffer, from: number): number {
    let at = from;
    if (this.escaped) at += 1;
    this.escaped = false;
    let quote = part.indexOf(QUOTE, at);
    let backslash = part.indexOf(BACKSLASH, at);
    while (backslash >= 0 && (quote < 0 || backslash < quote)) {
      at = backslash + 2;
      if (at > part.length) this.escaped = true;
      if (quote >= 0 && quote < at) quote = part.indexOf(QUOTE, at);
      backslash = part.indexOf(BACKSLASH, at);
    }
    this.inString = quote < 0;
    return quote < 0 ? part.length : quote + 1;
  }

  private openString(part: Buffer, end: number): void {
    if (part[end - 1] !== QUOTE) return;
    this.inString = true;
    this.stringAt = this.size - 1;
  }

  private keep(bytes: Buffer): void {
    this.kept.push(Buffer.from(bytes)); // a copy, or each line would hold on to the whole chunk
    this.size += bytes.length;
  }

  /** The string that is being read turns out to be long: what there is of it leaves the line. */
  private *divert(): Generator<ScannedPiece> {
    if (this.long === 'had') throw this.fault('has two long strings');
    const bytes = Buffer.concat(this.kept);
    const [before, string] = [bytes.subarray(0, this.stringAt), bytes.subarray(this.stringAt + 1)];
    this.kept = [Buffer.from(before), Buffer.from('[]')];
    this.size = before.length + 2;
    this.long = this.inString ? 'now' : 'had';
    yield this.piece(this.inString ? string : string.subarray(0, -1));
  }

  private fault(what: string): HubError {
    return new HubError('BadRequest', `Line ${this.line} ${what}`);
  }

  private piece(bytes: Buffer): ScannedPiece {
    return { kind: 'long', line: this.line, bytes };
  }
}

/** Just behind the next opening quote, or the end of what is there. */
function stringStart(part: Buffer, from: number): number {
  const quote = part.indexOf(QUOTE, from);
  return quote < 0 ? part.length : quote + 1;
}
