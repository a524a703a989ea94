import type { ByteRange } from '../../platform/storage/blob-store.js';
import { sentRange, windowOf, type FilePart } from './file-part.js';

/** A range of chunks of a xorb, without the last index. */
interface ChunkRange {
  readonly start: number;
  readonly end: number;
}

/** A part of a file, and where its bytes can be read. */
export interface ReconstructionTerm {
  /** Id of the xorb. */
  readonly xorb: string;
  readonly chunks: ChunkRange;
  /** Number of bytes of the chunks. */
  readonly length: number;
  readonly url: string;
  /** The bytes of the chunks at the URL. */
  readonly bytes: ByteRange;
  /** The chunks at the URL, if there are more than those of the term. */
  readonly fetched?: ChunkRange;
}

/** How clients assemble a range of a file. */
export interface Reconstruction {
  /** Bytes of the first term before the range. */
  readonly offset: number;
  readonly terms: readonly ReconstructionTerm[];
}

/** The response to `/v1/reconstructions` (hub-docs docs/xet/api.md). */
interface ReconstructionV1 {
  readonly offset_into_first_range: number;
  readonly terms: readonly object[];
  readonly fetch_info: Readonly<Record<string, readonly object[]>>;
}

/** The response to `/v2/reconstructions`, which allows several ranges for a URL. Here, each URL has one. */
interface ReconstructionV2 {
  readonly offset_into_first_range: number;
  readonly terms: readonly object[];
  readonly xorbs: Readonly<Record<string, readonly object[]>>;
}

/**
 * Describes a range of a file.
 *
 * @param parts - those that have bytes of the range, in order
 * @param urlOf - where the bytes of a part can be read
 */
export function reconstruct(
  parts: Iterable<FilePart>,
  range: ByteRange,
  urlOf: (part: FilePart) => string,
): Reconstruction {
  const terms: ReconstructionTerm[] = [];
  let offset = 0;
  for (const part of parts) {
    const window = windowOf(part, range);
    const { first, end } = window;
    const start = part.chunks.startOf(first);
    if (terms.length === 0) offset = range.start - part.start - start;
    const chunks = { start: part.first + first, end: part.first + end };
    const length = part.chunks.startOf(end) - start;
    terms.push({ xorb: part.xorb, chunks, length, url: urlOf(part), bytes: sentRange(part, window) });
  }
  return { offset, terms };
}

/** The response in version 1 of the protocol. */
export const toV1 = ({ offset, terms }: Reconstruction): ReconstructionV1 => ({
  offset_into_first_range: offset,
  terms: terms.map(termOf),
  fetch_info: byXorb(terms, ({ chunks, fetched = chunks, url, bytes }) => ({ range: fetched, url, url_range: bytes })),
});

/** The response in version 2 of the protocol. */
export const toV2 = ({ offset, terms }: Reconstruction): ReconstructionV2 => ({
  offset_into_first_range: offset,
  terms: terms.map(termOf),
  xorbs: byXorb(terms, ({ chunks, fetched = chunks, url, bytes }) => ({ url, ranges: [{ chunks: fetched, bytes }] })),
});

const termOf = ({ xorb, length, chunks }: ReconstructionTerm): object => ({
  hash: xorb,
  unpacked_length: length,
  range: chunks,
});

/**
 * The places of the chunks, by xorb. Clients identify the ranges of a xorb by their first chunk, so there is one for each first chunk, the
 * longest.
 */
function byXorb(
  terms: readonly ReconstructionTerm[],
  placeOf: (term: ReconstructionTerm) => object,
): Record<string, object[]> {
  const longest = new Map<string, Map<number, ReconstructionTerm>>();
  for (const term of terms) {
    const { xorb, fetched: chunks = term.chunks } = term;
    const ofXorb = longest.get(xorb) ?? new Map<number, ReconstructionTerm>();
    longest.set(xorb, ofXorb);
    const known = ofXorb.get(chunks.start);
    if (!known || (known.fetched ?? known.chunks).end < chunks.end) ofXorb.set(chunks.start, term);
  }
  const places = [...longest].map(([xorb, ofXorb]) => [xorb, [...ofXorb.values()].map(placeOf)] as const);
  return Object.fromEntries(places);
}
