import { Transform, type TransformCallback } from 'node:stream';
import type { ByteRange } from '../../platform/storage/blob-store.js';
import { CHUNK_HEADER_BYTES } from '../xet/format/chunk.js';
import type { ChunkSizes } from './chunk-sizes.js';
import { sentOffset, type FilePart } from './file-part.js';

/** Index of the chunk whose header or content is at an offset of the part as it is sent. */
function sentIndexAt(chunks: ChunkSizes, offset: number): number {
  let low = 0;
  let high = chunks.count - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sentOffset(chunks, middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Offset in the content of a part that is at an offset of the part as it is sent, or follows it. */
function contentOffset(chunks: ChunkSizes, offset: number): number {
  const index = sentIndexAt(chunks, offset);
  return chunks.startOf(index) + Math.max(0, offset - sentOffset(chunks, index) - CHUNK_HEADER_BYTES);
}

/** The bytes of the file that a range of the part as it is sent contains; `undefined` if it only has bytes of a header. */
export function contentRange({ start, chunks }: FilePart, sent: ByteRange): ByteRange | undefined {
  const from = contentOffset(chunks, sent.start);
  const isLast = sent.end + 1 >= sentOffset(chunks, chunks.count);
  const end = isLast ? chunks.bytes : contentOffset(chunks, sent.end + 1);
  return from < end ? { start: start + from, end: start + end - 1 } : undefined;
}

/** Plain chunks have compression 0, and the same size twice (hub-docs docs/xet/xorb.md). */
function plainChunkHeader(size: number): Buffer {
  const header = Buffer.alloc(CHUNK_HEADER_BYTES);
  header.writeUIntLE(size, 1, 3);
  header.writeUIntLE(size, 5, 3);
  return header;
}

/** Adds the headers of chunks to the content of a part, and returns a range of the result, in groups of pieces. Its input is the `contentRange` of that range. */
export class XorbWriter extends Transform {
  private index: number;
  /** Offset of the next byte in the part as it is sent. */
  private at: number;
  /** Most chunks of a file have the same size, and so the same header. */
  private lastHeader: { readonly size: number; readonly bytes: Buffer } | undefined;
  /** Offset after the last byte. */
  private readonly stop: number;

  constructor(
    private readonly chunks: ChunkSizes,
    { start, end }: ByteRange,
  ) {
    super({ readableObjectMode: true, readableHighWaterMark: 1 });
    this.index = sentIndexAt(chunks, start);
    this.at = start;
    this.stop = end + 1;
  }

  override _transform(content: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const pieces: Buffer[] = [];
    for (let used = 0; used < content.length;) {
      const header = this.header();
      if (header) pieces.push(header);
      const length = Math.min(content.length - used, this.leftInChunk());
      if (length === 0) return done(new Error('the storage returned more bytes than were requested'));
      pieces.push(content.subarray(used, used + length)); // not copied: the socket writes many pieces at once
      used += length;
      this.at += length;
      this.nextChunk();
    }
    done(null, pieces);
  }

  override _flush(done: TransformCallback): void {
    const header = this.header();
    if (header) this.push([header]);
    done(this.at === this.stop ? null : new Error(`the stored content ends ${this.stop - this.at} bytes early`));
  }

  /** The rest of the chunk's header, if it is next. */
  private header(): Buffer | undefined {
    const written = this.at - sentOffset(this.chunks, this.index);
    if (written >= CHUNK_HEADER_BYTES || this.at === this.stop) return undefined;
    const size = this.chunks.startOf(this.index + 1) - this.chunks.startOf(this.index);
    if (this.lastHeader?.size !== size) this.lastHeader = { size, bytes: plainChunkHeader(size) };
    const rest = this.lastHeader.bytes.subarray(written, written + this.stop - this.at);
    this.at += rest.length;
    return rest;
  }

  private leftInChunk(): number {
    return Math.min(sentOffset(this.chunks, this.index + 1), this.stop) - this.at;
  }

  private nextChunk(): void {
    if (this.index + 1 < this.chunks.count && this.at === sentOffset(this.chunks, this.index + 1)) this.index++;
  }
}
