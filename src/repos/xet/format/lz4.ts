import { HubError } from '../../../domain/hub-error.js';

const MAGIC = 0x184d2204;
const VERSION = 1;
const HAS_BLOCK_CHECKSUMS = 0b1_0000;
const HAS_CONTENT_SIZE = 0b1000;
const HAS_CONTENT_CHECKSUM = 0b100;
const NEEDS_DICTIONARY = 0b1;
const FIXED_HEADER_BYTES = 7;
const CHECKSUM_BYTES = 4;
const NOT_COMPRESSED = 0x8000_0000;
/** The maximum of a four-bit length, which is continued in the following bytes. */
const MAX_SHORT_LENGTH = 15;
const MIN_MATCH_LENGTH = 4;
/** Up to this number of bytes, a loop is faster than a call. */
const MAX_LOOP_BYTES = 24;

const malformed = (problem: string): HubError => new HubError('BadRequest', `Invalid LZ4 frame: ${problem}`);

/**
 * Decompresses an LZ4 frame to exactly `size` bytes (LZ4 frame format 1.6.3, block format of 2022-07-31). Blocks may refer to earlier
 * blocks. Checksums are ignored, since the caller verifies the hash of the whole file. The available LZ4 package does not check bounds, which
 * untrusted input requires; hence this implementation.
 *
 * @throws HubError `BadRequest` for a malformed frame or another size
 */
export function decodeLz4Frame(frame: Uint8Array, size: number): Uint8Array {
  const { blocksAt, blockTail, frameTail } = readHeader(frame);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const target = new Uint8Array(size);
  let at = blocksAt;
  let written = 0;
  for (;;) {
    if (at + 4 > frame.length) throw malformed('the end mark is missing');
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const end = at + (word & ~NOT_COMPRESSED);
    if (end + blockTail > frame.length) throw malformed('the last block is incomplete');
    const block = frame.subarray(at, end);
    written = word >= NOT_COMPRESSED ? copyBlock(block, target, written) : decodeBlock(block, target, written);
    at = end + blockTail;
  }
  if (at + frameTail !== frame.length) throw malformed('it does not end with its chunk');
  if (written !== size) throw malformed(`it contains ${written} bytes, but the chunk header has the size ${size}`);
  return target;
}

function readHeader(frame: Uint8Array): { blocksAt: number; blockTail: number; frameTail: number } {
  if (frame.length < FIXED_HEADER_BYTES) throw malformed('it is too short');
  const magic = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
  if (magic !== MAGIC) throw malformed('wrong magic number');
  const flags = frame[4]!;
  if (flags >> 6 !== VERSION) throw malformed(`unsupported version ${flags >> 6}`);
  if (flags & NEEDS_DICTIONARY) throw malformed('dictionaries are not supported');
  return {
    blocksAt: FIXED_HEADER_BYTES + (flags & HAS_CONTENT_SIZE ? 8 : 0),
    blockTail: flags & HAS_BLOCK_CHECKSUMS ? CHECKSUM_BYTES : 0,
    frameTail: flags & HAS_CONTENT_CHECKSUM ? CHECKSUM_BYTES : 0,
  };
}

function copyBlock(block: Uint8Array, target: Uint8Array, at: number): number {
  if (at + block.length > target.length) throw malformed('it contains more bytes than the size in the chunk header');
  target.set(block, at);
  return at + block.length;
}

/** A block consists of sequences of literals and a match. The last sequence has no match. */
function decodeBlock(block: Uint8Array, target: Uint8Array, start: number): number {
  let from = 0;
  let to = start;
  for (;;) {
    if (from >= block.length) throw malformed('a block does not end with literals');
    const token = block[from++]!;
    let literals = token >> 4;
    if (literals === MAX_SHORT_LENGTH) {
      const next = lengthEnd(block, from);
      literals = longLength(block, from, next);
      from = next;
    }
    if (from + literals > block.length) throw malformed('literals exceed their block');
    if (to + literals > target.length) throw malformed('it contains more bytes than the size in the chunk header');
    if (literals > MAX_LOOP_BYTES) target.set(block.subarray(from, from + literals), to);
    else for (let n = 0; n < literals; n++) target[to + n] = block[from + n]!;
    from += literals;
    to += literals;
    if (from === block.length) return to;
    if (from + 2 > block.length) throw malformed('a match exceeds its block');
    const distance = block[from]! | (block[from + 1]! << 8);
    from += 2;
    let length = token & MAX_SHORT_LENGTH;
    if (length === MAX_SHORT_LENGTH) {
      const next = lengthEnd(block, from);
      length = longLength(block, from, next);
      from = next;
    }
    to = repeat(target, to, distance, length + MIN_MATCH_LENGTH);
  }
}

function lengthEnd(block: Uint8Array, at: number): number {
  let end = at;
  while (block[end] === 255) end++;
  if (end >= block.length) throw malformed('a length exceeds its block');
  return end + 1;
}

const longLength = (block: Uint8Array, at: number, end: number): number =>
  MAX_SHORT_LENGTH + 255 * (end - at - 1) + block[end - 1]!;

function repeat(target: Uint8Array, at: number, distance: number, length: number): number {
  const end = at + length;
  if (distance === 0 || distance > at) throw malformed('a match refers to bytes before the start');
  if (end > target.length) throw malformed('it contains more bytes than the size in the chunk header');
  if (length > MAX_LOOP_BYTES && distance >= length) target.copyWithin(at, at - distance, at - distance + length);
  else if (length > MAX_LOOP_BYTES && distance === 1) target.fill(target[at - 1]!, at, end);
  else for (let to = at; to < end; to++) target[to] = target[to - distance]!;
  return end;
}
