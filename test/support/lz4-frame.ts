/** A sequence of an LZ4 block: literals, followed by a match except in the last sequence. */
export interface Lz4Sequence {
  readonly literals: Uint8Array;
  readonly distance?: number;
  readonly length?: number;
}

/** Options of an LZ4 frame, named as in the specification. */
export interface Lz4FrameOptions {
  readonly version?: number;
  readonly dictionary?: boolean;
  readonly blockChecksums?: boolean;
  readonly contentChecksum?: boolean;
  readonly contentSize?: number;
  readonly independent?: boolean;
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

const nibble = (length: number): number => Math.min(length, 15);

function more(length: number): number[] {
  if (length < 15) return [];
  const left = length - 15;
  return [...Array<number>(Math.floor(left / 255)).fill(255), left % 255];
}

/** Encodes a compressed block. */
export const lz4Block = (sequences: readonly Lz4Sequence[]): Buffer =>
  Buffer.concat(
    sequences.map(({ literals, distance, length = 4 }) => {
      const match = distance === undefined ? 0 : length - 4;
      const token = (nibble(literals.length) << 4) | nibble(match);
      const tail = distance === undefined ? [] : [distance & 255, distance >> 8, ...more(match)];
      return Buffer.from([token, ...more(literals.length), ...literals, ...tail]);
    }),
  );

/** A block of a frame; `stored` blocks are not compressed. */
export interface FrameBlock {
  readonly data: Uint8Array;
  readonly stored?: boolean;
}

/** Encodes a frame of these blocks. Its checksums are zeros. */
export function lz4Frame(blocks: readonly FrameBlock[], options: Lz4FrameOptions = {}): Buffer {
  const { version = 1, dictionary, blockChecksums, contentChecksum, contentSize, independent } = options;
  const flags = [version << 6, independent && 32, blockChecksums && 16, contentSize !== undefined && 8];
  const byte = [...flags, contentChecksum && 4, dictionary && 1].reduce<number>(
    (sum, flag) => sum | Number(flag || 0),
    0,
  );
  return Buffer.concat([
    u32(0x184d2204),
    Buffer.from([byte, 0x40]),
    contentSize === undefined ? Buffer.alloc(0) : Buffer.concat([u32(contentSize), u32(0)]),
    Buffer.from([0]),
    ...blocks.flatMap(({ data, stored }) => [
      u32(data.length + (stored ? 0x8000_0000 : 0)),
      data,
      Buffer.alloc(blockChecksums ? 4 : 0),
    ]),
    u32(0),
    Buffer.alloc(contentChecksum ? 4 : 0),
  ]);
}
