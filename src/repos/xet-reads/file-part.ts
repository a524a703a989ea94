import type { ByteRange } from '../../platform/storage/blob-store.js';
import { CHUNK_HEADER_BYTES } from '../xet/format/chunk.js';
import type { ChunkSizes } from './chunk-sizes.js';

/** Consecutive chunks of a xorb that are a part of a file. */
export interface FilePart {
  /** Identifies the part in the file. */
  readonly id: string;
  /** Id of the xorb for clients. */
  readonly xorb: string;
  /** Index of the first chunk in the xorb. */
  readonly first: number;
  /** Offset of the first chunk in the file. */
  readonly start: number;
  readonly chunks: ChunkSizes;
}

/** The chunks of a part that have the bytes of a range. Indices are counted from the first chunk of the part. */
export interface ChunkWindow {
  readonly first: number;
  /** Index after the last chunk. */
  readonly end: number;
}

/** The chunks of a part that have bytes of a range of the file. The two must overlap. */
export function windowOf({ start, chunks }: FilePart, range: ByteRange): ChunkWindow {
  const from = Math.max(range.start - start, 0);
  const to = Math.min(range.end - start, chunks.bytes - 1);
  return { first: chunks.indexAt(from), end: chunks.indexAt(to) + 1 };
}

/** Offset of a chunk in the part as it is sent: with a header before each chunk. */
export const sentOffset = (chunks: ChunkSizes, index: number): number =>
  chunks.startOf(index) + index * CHUNK_HEADER_BYTES;

/** The bytes of a window in the part as it is sent. */
export const sentRange = ({ chunks }: FilePart, { first, end }: ChunkWindow): ByteRange => ({
  start: sentOffset(chunks, first),
  end: sentOffset(chunks, end) - 1,
});
