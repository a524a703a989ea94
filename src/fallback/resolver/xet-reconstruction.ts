import { countOf, fieldsOf } from '../../domain/read-fields.js';
import { isXetHash } from '../../domain/xet-hash.js';

/** A range. Its end is inclusive for bytes, and exclusive for chunks. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where chunks of a xorb can be read. */
export interface XorbPlace {
  readonly xorb: string;
  readonly chunks: Span;
  readonly url: string;
  readonly bytes: Span;
}

/** A part of a file. */
export interface SourceTerm {
  readonly xorb: string;
  readonly chunks: Span;
  /** Number of bytes of the chunks. */
  readonly length: number;
  /** Has at least these chunks. */
  readonly place: XorbPlace;
}

/** How a source describes a range of a file. */
export interface SourceReconstruction {
  /** Bytes of the first term before the range. */
  readonly offset: number;
  readonly terms: readonly SourceTerm[];
}

/** 16 GB, which hf_xet requests at most, have about 250 terms. */
const MAX_TERMS = 16_384;
/** Limits of the protocol (hub-docs docs/xet/xorb.md): 64 MiB and 8192 chunks per xorb. */
const MAX_CHUNKS = 8192;
const MAX_XORB_BYTES = 66 * 1024 * 1024;
const MAX_TERM_BYTES = MAX_CHUNKS * 128 * 1024;
const MAX_URL_LENGTH = 8192;
/** Entries that are checked in one step. */
const STEP_LENGTH = 500;

/** Thrown for a description that is not valid. The message completes "Its description of the file". */
export class InvalidReconstruction extends Error {}

/**
 * Reads a reply of a Xet storage, in version 1 or 2 of the protocol, in steps.
 *
 * @param length - of the requested range in bytes
 * @param refusalOf - the reason why this hub must not connect to a URL; `undefined` if it may
 * @throws InvalidReconstruction
 */
export function* readReconstruction(
  json: unknown,
  length: number,
  refusalOf: (url: string) => string | undefined,
): Generator<void, SourceReconstruction> {
  const { offset_into_first_range: offset, terms, fetch_info: v1, xorbs: v2 } = fieldsOf(json);
  if (!Array.isArray(terms) || terms.length === 0) throw new InvalidReconstruction('has no terms');
  if (terms.length > MAX_TERMS) throw new InvalidReconstruction(`has more than ${MAX_TERMS} terms`);
  const placesByXorb = fieldsOf(v1 ?? v2);
  const places = new Map<string, readonly XorbPlace[]>();
  const found: SourceTerm[] = [];
  let described = 0;
  for (const [n, entry] of terms.entries()) {
    const { hash, unpacked_length: size, range } = fieldsOf(entry);
    if (!isXetHash(hash)) throw new InvalidReconstruction('has an invalid hash');
    const known = places.get(hash) ?? placesOf(hash, placesByXorb[hash], refusalOf);
    places.set(hash, known);
    const chunks = chunksOf(range);
    const place = known.find((each) => each.chunks.start <= chunks.start && each.chunks.end >= chunks.end);
    if (!place) throw new InvalidReconstruction('does not have the place of its chunks');
    found.push({ xorb: hash, chunks, length: sizeOf(size), place });
    described += sizeOf(size);
    if (n % STEP_LENGTH === STEP_LENGTH - 1) yield;
  }
  const skipped = countOf(offset);
  if (skipped === undefined || skipped >= found[0]!.length || described - skipped < length)
    throw new InvalidReconstruction('does not have all bytes of the requested range');
  return { offset: skipped, terms: found };
}

/** Version 1 has an entry for each range; version 2 may have several ranges for one URL. */
function placesOf(xorb: string, entries: unknown, refusalOf: (url: string) => string | undefined): XorbPlace[] {
  if (!Array.isArray(entries) || entries.length > MAX_CHUNKS) throw new InvalidReconstruction('has an invalid xorb');
  const places = entries.flatMap((entry) => {
    const { url, range, url_range: bytes, ranges } = fieldsOf(entry);
    if (typeof url !== 'string' || url.length > MAX_URL_LENGTH) throw new InvalidReconstruction('has an invalid URL');
    const refusal = refusalOf(url);
    if (refusal !== undefined)
      throw new InvalidReconstruction(`has a URL that this hub must not connect to. ${refusal}`);
    const spans = Array.isArray(ranges) ? ranges.map(fieldsOf) : [{ chunks: range, bytes }];
    return spans.map((span) => ({ xorb, url, chunks: chunksOf(span['chunks']), bytes: bytesOf(span['bytes']) }));
  });
  if (places.length > MAX_CHUNKS) throw new InvalidReconstruction('has an invalid xorb');
  return places;
}

function chunksOf(value: unknown): Span {
  const { start, end } = spanOf(value);
  if (start >= end || end > MAX_CHUNKS) throw new InvalidReconstruction('has an invalid range of chunks');
  return { start, end };
}

function bytesOf(value: unknown): Span {
  const { start, end } = spanOf(value);
  if (start > end || end >= MAX_XORB_BYTES) throw new InvalidReconstruction('has an invalid range of bytes');
  return { start, end };
}

function spanOf(value: unknown): Span {
  const [start, end] = [countOf(fieldsOf(value)['start']), countOf(fieldsOf(value)['end'])];
  if (start === undefined || end === undefined) throw new InvalidReconstruction('has an invalid range');
  return { start, end };
}

function sizeOf(value: unknown): number {
  const size = countOf(value);
  if (size === undefined || size === 0 || size > MAX_TERM_BYTES)
    throw new InvalidReconstruction('has an invalid length');
  return size;
}
