import { HubError } from '../../../domain/hub-error.js';
import { CHUNK_HEADER_BYTES, readChunkHeader } from './chunk.js';

/** Limits the size of a database row. The Hugging Face clients create at most 8192; the format has no limit (hub-docs docs/xet/xorb.md). */
export const MAX_CHUNKS = 65_536;

/** Prefix of an optional footer after the chunks. Chunks begin with a 0 byte. */
const FOOTER_MARK = Buffer.from('XETBLOB');

/** Parses a xorb while it is received, and collects the headers of its chunks. */
export class XorbScan {
  private readonly headers: Buffer[] = [];
  private header = Buffer.alloc(0);
  private dataLeft = 0;
  private inFooter = false;

  /** @throws HubError `BadRequest` as soon as the xorb is found to be malformed */
  take(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length && !this.inFooter) {
      if (this.dataLeft > 0) {
        const step = Math.min(this.dataLeft, piece.length - at);
        this.dataLeft -= step;
        at += step;
      } else {
        const headerPart = piece.subarray(at, at + CHUNK_HEADER_BYTES - this.header.length);
        this.header = Buffer.concat([this.header, headerPart]);
        at += headerPart.length;
        if (this.header.length === CHUNK_HEADER_BYTES) this.nextChunk();
      }
    }
  }

  /**
   * @returns the concatenated headers of all chunks
   * @throws HubError `BadRequest` if the xorb is incomplete or empty
   */
  end(): Buffer {
    if (this.header.length > 0 || this.dataLeft > 0) throw malformed(`chunk ${this.headers.length} is incomplete`);
    if (this.headers.length === 0) throw malformed('it has no chunks');
    return Buffer.concat(this.headers);
  }

  private nextChunk(): void {
    const { header } = this;
    this.header = Buffer.alloc(0);
    this.inFooter = header.subarray(0, FOOTER_MARK.length).equals(FOOTER_MARK);
    if (this.inFooter) return;
    if (this.headers.length === MAX_CHUNKS) throw malformed(`it has more than ${MAX_CHUNKS} chunks`);
    this.dataLeft = readChunkHeader(header, this.headers.length).stored;
    this.headers.push(header);
  }
}

const malformed = (problem: string): HubError => new HubError('BadRequest', `Invalid xorb: ${problem}`);

/** The offsets of a xorb's chunks. Both lists have an additional entry for the end of the last chunk. */
export interface XorbLayout {
  readonly count: number;
  /** In the xorb as uploaded, including headers. */
  readonly storedAt: readonly number[];
  /** In the concatenated decompressed contents of its chunks. */
  readonly plainAt: readonly number[];
}

/** @param headers - from `XorbScan.end` */
export function xorbLayout(headers: Uint8Array): XorbLayout {
  const count = headers.length / CHUNK_HEADER_BYTES;
  const storedAt = [0];
  const plainAt = [0];
  for (let index = 0; index < count; index++) {
    const { stored, size } = readChunkHeader(headerOf(headers, index), index);
    storedAt.push(storedAt[index]! + CHUNK_HEADER_BYTES + stored);
    plainAt.push(plainAt[index]! + size);
  }
  return { count, storedAt, plainAt };
}

/** The header of one chunk. */
export const headerOf = (headers: Uint8Array, index: number): Uint8Array =>
  headers.subarray(index * CHUNK_HEADER_BYTES, (index + 1) * CHUNK_HEADER_BYTES);
