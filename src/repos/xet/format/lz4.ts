import { HubError } from '../../../domain/hub-error.js';

const MAGIC = 0x184d2204;
const VERSION = 1;
const HAS_BLOCK_CHECKSUMS = 0b1_0000;
const HAS_CONTENT_SIZE = 0b1000;
const HAS_CONTENT_CHECKSUM = 0b100;
const NEEDS_DICTIONARY = 0b1;
const FIXED_HEADER = 7;
const CHECKSUM = 4;
const NOT_COMPRESSED = 0x8000_0000;
/** A length that fills its four bits goes on in the bytes behind them. */
const GOES_ON = 15;
const SHORTEST_MATCH = 4;
/** Below this many bytes a loop is faster than a call. */
const FEW = 24;

const malformed = (what: string): HubError => new HubError('BadRequest', `An LZ4 frame ${what}`);

/**
 * What an LZ4 frame holds: exactly `size` bytes, never more, whatever the frame says (LZ4 frame format 1.6.3, block format of
 * 2022-07-31). Blocks may refer to earlier blocks. Checksums are passed over: the caller knows the hash of the whole.
 * Written here because the decoder on offer checks no bounds, and these bytes come from anybody.
 *
 * @throws HubError `BadRequest` for anything else
 */
export function decodeLz4Frame(frame: Uint8Array, size: number): Uint8Array {
  const { blocksAt, blockTail, frameTail } = readHeader(frame);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const target = new Uint8Array(size);
  let at = blocksAt;
  let written = 0;
  for (;;) {
    if (at + 4 > frame.length) throw malformed('ends before its end mark');
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const end = at + (word & ~NOT_COMPRESSED);
    if (end + blockTail > frame.length) throw malformed('ends within a block');
    const block = frame.subarray(at, end);
    written = word >= NOT_COMPRESSED ? copyBlock(block, target, written) : decodeBlock(block, target, written);
    at = end + blockTail;
  }
  if (at + frameTail !== frame.length) throw malformed('is shorter or longer than its chunk');
  if (written !== size) throw malformed(`holds ${written} bytes, not ${size} as its chunk says`);
  return target;
}

function readHeader(frame: Uint8Array): { blocksAt: number; blockTail: number; frameTail: number } {
  if (frame.length < FIXED_HEADER) throw malformed('is too short');
  const magic = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
  if (magic !== MAGIC) throw malformed('begins with another magic number');
  const flags = frame[4]!;
  if (flags >> 6 !== VERSION) throw malformed(`has the version ${flags >> 6}, not ${VERSION}`);
  if (flags & NEEDS_DICTIONARY) throw malformed('needs a dictionary');
  return {
    blocksAt: FIXED_HEADER + (flags & HAS_CONTENT_SIZE ? 8 : 0),
    blockTail: flags & HAS_BLOCK_CHECKSUMS ? CHECKSUM : 0,
    frameTail: flags & HAS_CONTENT_CHECKSUM ? CHECKSUM : 0,
  };
}

function copyBlock(block: Uint8Array, target: Uint8Array, at: number): number {
  if (at + block.length > target.length) throw malformed('holds more than its chunk says');
  target.set(block, at);
  return at + block.length;
}

/** Sequences of literals and a match, up to the last, which has literals only. */
function decodeBlock(block: Uint8Array, target: Uint8Array, start: number): number {
  let from = 0;
  let to = start;
  for (;;) {
    if (from >= block.length) throw malformed('has a block without an end');
    const token = block[from++]!;
    let literals = token >> 4;
    if (literals === GOES_ON) {
      const next = lengthEnd(block, from);
      literals = longLength(block, from, next);
      from = next;
    }
    if (from + literals > block.length) throw malformed('has literals beyond its end');
    if (to + literals > target.length) throw malformed('holds more than its chunk says');
    if (literals > FEW) target.set(block.subarray(from, from + literals), to);
    else for (let n = 0; n < literals; n++) target[to + n] = block[from + n]!;
    from += literals;
    to += literals;
    if (from === block.length) return to;
    if (from + 2 > block.length) throw malformed('has a match beyond its end');
    const distance = block[from]! | (block[from + 1]! << 8);
    from += 2;
    let length = token & GOES_ON;
    if (length === GOES_ON) {
      const next = lengthEnd(block, from);
      length = longLength(block, from, next);
      from = next;
    }
    to = repeat(target, to, distance, length + SHORTEST_MATCH);
  }
}

function lengthEnd(block: Uint8Array, at: number): number {
  let end = at;
  while (block[end] === 255) end++;
  if (end >= block.length) throw malformed('has a length beyond its end');
  return end + 1;
}

const longLength = (block: Uint8Array, at: number, end: number): number =>
  GOES_ON + 255 * (end - at - 1) + block[end - 1]!;

function repeat(target: Uint8Array, at: number, distance: number, length: number): number {
  const end = at + length;
  if (distance === 0 || distance > at) throw malformed('repeats what was before its start');
  if (end > target.length) throw malformed('holds more than its chunk says');
  if (length > FEW && distance >= length) target.copyWithin(at, at - distance, at - distance + length);
  else if (length > FEW && distance === 1) target.fill(target[at - 1]!, at, end);
  else for (let to = at; to < end; to++) target[to] = target[to - distance]!;
  return end;
}
