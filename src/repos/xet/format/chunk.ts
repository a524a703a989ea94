import { HubError } from '../../../domain/hub-error.js';
import { decodeLz4Frame } from './lz4.js';

/** Length of the header before a chunk's data. */
export const CHUNK_HEADER_BYTES = 8;

/** The header of a chunk (hub-docs docs/xet/xorb.md, "Chunk Format"). */
export interface ChunkHeader {
  /** Size of the chunk's data in the xorb, in bytes. */
  readonly stored: number;
  /** Compression: 0 for none, 1 for an LZ4 frame, 2 for an LZ4 frame of bytes grouped by their position in four-byte words. */
  readonly scheme: number;
  /** Size of the decompressed content in bytes: at most 16 MiB (24 bits). The Hugging Face clients create chunks of at most 128 KiB. */
  readonly size: number;
}

const UNCOMPRESSED = 0;
const LZ4 = 1;
const GROUPED_LZ4 = 2;
const WORD_BYTES = 4;

const readU24 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);

/** @throws HubError `BadRequest` for an invalid header */
export function readChunkHeader(bytes: Uint8Array, index: number): ChunkHeader {
  const header = { stored: readU24(bytes, 1), scheme: bytes[4]!, size: readU24(bytes, 5) };
  const problem = headerProblem(bytes[0]!, header);
  if (problem) throw new HubError('BadRequest', `Invalid xorb: the header of chunk ${index} has ${problem}`);
  return header;
}

function headerProblem(version: number, { stored, scheme, size }: ChunkHeader): string | undefined {
  if (version !== 0) return `version ${version} instead of 0`;
  if (scheme > GROUPED_LZ4) return `the unknown compression ${scheme}`;
  if (stored === 0 || size === 0) return 'the size 0';
  return scheme === UNCOMPRESSED && stored !== size
    ? `different sizes (${stored} and ${size}) without compression`
    : undefined;
}

/**
 * The decompressed content of a chunk.
 *
 * @throws HubError `BadRequest` if the data does not match the header
 */
export function decodeChunk({ scheme, size }: ChunkHeader, data: Uint8Array): Uint8Array {
  if (scheme === UNCOMPRESSED) return data;
  const decoded = decodeLz4Frame(data, size);
  return scheme === LZ4 ? decoded : ungroup(decoded);
}

/** Restores the order of bytes that are grouped by their position in four-byte words. An incomplete last word adds to the first groups. */
function ungroup(grouped: Uint8Array): Uint8Array {
  const plain = new Uint8Array(grouped.length);
  let from = 0;
  for (let place = 0; place < WORD_BYTES; place++) {
    for (let to = place; to < plain.length; to += WORD_BYTES) plain[to] = grouped[from++]!;
  }
  return plain;
}
