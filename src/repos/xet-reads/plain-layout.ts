import type { ByteRange } from '../../platform/storage/blob-store.js';
import { EqualChunks } from './chunk-sizes.js';
import type { FilePart } from './file-part.js';
import type { XetIds } from '../xet/xet-ids.js';

/** The largest chunks that hf_xet accepts (`MAX_CHUNK_SIZE` of xet-core 1.6.0). */
const CHUNK_BYTES = 128 * 1024;
/** With their headers, the chunks of a xorb must have less than 64 MiB. Clients buffer a xorb, and read several at the same time. */
const CHUNKS_PER_XORB = 127;
const CHUNKS_PER_LARGE_XORB = 511;
/** Larger files have larger xorbs, so that the description of the whole file stays short. */
const LARGE_FILE_BYTES = 64 * 1024 ** 3;

/** A stored content. */
export interface Content {
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/** The layout of a file about whose chunks nothing is known: chunks of equal size in xorbs of equal size, which only this file has. */
export class PlainLayout {
  private readonly xorbChunks: number;

  constructor(
    private readonly content: Content,
    private readonly ids: XetIds,
  ) {
    this.xorbChunks = content.size > LARGE_FILE_BYTES ? CHUNKS_PER_LARGE_XORB : CHUNKS_PER_XORB;
  }

  /** Number of parts that have bytes of the range. */
  count({ start, end }: ByteRange): number {
    return this.idAt(end) - this.idAt(start) + 1;
  }

  /** The parts that have bytes of the range, in order. */
  *parts({ start, end }: ByteRange): Generator<FilePart> {
    for (let id = this.idAt(start); id <= this.idAt(end); id++) yield this.partWith(id);
  }

  /** The part with an id; `undefined` if the file has no such part. */
  part(id: number): FilePart | undefined {
    return id * this.xorbBytes < this.content.size ? this.partWith(id) : undefined;
  }

  private partWith(id: number): FilePart {
    const { sha256, size } = this.content;
    const start = id * this.xorbBytes;
    const chunks = new EqualChunks(Math.min(this.xorbBytes, size - start), CHUNK_BYTES);
    return {
      id: String(id),
      xorb: this.ids.xorbId('plain', sha256, CHUNK_BYTES, this.xorbChunks, id),
      first: 0,
      start,
      chunks,
    };
  }

  private idAt(offset: number): number {
    return Math.floor(offset / this.xorbBytes);
  }

  private get xorbBytes(): number {
    return this.xorbChunks * CHUNK_BYTES;
  }
}
