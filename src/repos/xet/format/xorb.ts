import { HubError } from '../../../domain/hub-error.js';
import { CHUNK_HEADER_BYTES, readChunkHeader } from './chunk.js';

/** huggingface.co's clients make at most 8192; the format has no limit (hub-docs docs/xet/xorb.md), our table has. */
export const MOST_CHUNKS = 65_536;

/** What may follow the chunks begins so. No chunk does: its first byte is 0. */
const FOOTER_MARK = Buffer.from('XETBLOB');

/** Walks over a xorb while it is received, piece by piece, and keeps the headers of its chunks. */
export class XorbScan {
  private readonly headers: Buffer[] = [];
  private header = Buffer.alloc(0);
  private dataLeft = 0;
  private inFooter = false;

  /** @throws HubError `BadRequest` as soon as the bytes cannot be those of a xorb */
  take(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length && !this.inFooter) {
      if (this.dataLeft > 0) {
        const step = Math.min(this.dataLeft, piece.length - at);
        this.dataLeft -= step;
        at += step;
      } else {
        const more = piece.subarray(at, at + CHUNK_HEADER_BYTES - this.header.length);
        this.header = Buffer.concat([this.header, more]);
        at += more.length;
        if (this.header.length === CHUNK_HEADER_BYTES) this.nextChunk();
      }
    }
  }

  /** The headers of all chunks, one after the other. @throws HubError `BadRequest` when the xorb is not whole, or empty */
  end(): Buffer {
    if (this.header.length > 0 || this.dataLeft > 0) throw malformed(`ends within chunk ${this.headers.length}`);
    if (this.headers.length === 0) throw malformed('has no chunk');
    return Buffer.concat(this.headers);
  }

  private nextChunk(): void {
    const { header } = this;
    this.header = Buffer.alloc(0);
    this.inFooter = header.subarray(0, FOOTER_MARK.length).equals(FOOTER_MARK);
    if (this.inFooter) return;
    if (this.headers.length === MOST_CHUNKS) throw malformed(`has more than ${MOST_CHUNKS} chunks`);
    this.dataLeft = readChunkHeader(header, this.headers.length).stored;
    this.headers.push(header);
  }
}

const malformed = (what: string): HubError => new HubError('BadRequest', `The xorb ${what}`);

/** Where the chunks of a xorb begin. Both lists have one entry more than there are chunks: the end. */
export interface XorbLayout {
  readonly count: number;
  /** In the xorb as it was sent, headers included. */
  readonly storedAt: readonly number[];
  /** In the contents of all its chunks, one after the other. */
  readonly plainAt: readonly number[];
}

/** @param headers as `XorbScan.end` gave them */
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
