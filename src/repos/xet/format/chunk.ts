import { HubError } from '../../../domain/hub-error.js';
import { decodeLz4Frame } from './lz4.js';

/** Bytes of the header before a chunk's data. */
export const CHUNK_HEADER_BYTES = 8;

/** What a chunk's header says (hub-docs docs/xet/xorb.md, "Chunk Format"). */
export interface ChunkHeader {
  /** Bytes that follow in the xorb. */
  readonly stored: number;
  /** 0: as it is; 1: an LZ4 frame; 2: bytes grouped by their place in words of four, then an LZ4 frame. */
  readonly scheme: number;
  /** Bytes of the content. Three bytes of header hold at most 16 MiB; huggingface.co's clients make chunks of at most 128 KiB. */
  readonly size: number;
}

const AS_IT_IS = 0;
const LZ4 = 1;
const GROUPED_LZ4 = 2;
const WORD = 4;

const readU24 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);

/** @throws HubError `BadRequest` for a header that no chunk can have */
export function readChunkHeader(bytes: Uint8Array, index: number): ChunkHeader {
  const [stored, scheme, size] = [readU24(bytes, 1), bytes[4]!, readU24(bytes, 5)];
  const fault = headerFault(bytes[0]!, { stored, scheme, size });
  if (fault) throw new HubError('BadRequest', `The header of chunk ${index} of the xorb ${fault}`);
  return { stored, scheme, size };
}

function headerFault(version: number, { stored, scheme, size }: ChunkHeader): string | undefined {
  if (version !== 0) return `has the version ${version}, not 0`;
  if (scheme > GROUPED_LZ4) return `names the compression ${scheme}; known are 0, 1 and 2`;
  if (stored === 0 || size === 0) return 'says that it is empty';
  return scheme === AS_IT_IS && stored !== size ? `has two sizes, ${stored} and ${size}` : undefined;
}

/** A chunk's content. @throws HubError `BadRequest` when the data is not what the header says */
export function decodeChunk({ scheme, size }: ChunkHeader, data: Uint8Array): Uint8Array {
  if (scheme === AS_IT_IS) return data;
  const decoded = decodeLz4Frame(data, size);
  return scheme === LZ4 ? decoded : ungroup(decoded);
}

/** All first bytes of the words of four, then all second ones…; a last word that is not whole adds to the first groups. */
function ungroup(grouped: Uint8Array): Uint8Array {
  const plain = new Uint8Array(grouped.length);
  let from = 0;
  for (let place = 0; place < WORD; place++) {
    for (let to = place; to < plain.length; to += WORD) plain[to] = grouped[from++]!;
  }
  return plain;
}
