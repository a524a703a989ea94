import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HubError } from '../../../../../src/domain/hub-error.js';
import { decodeChunk, readChunkHeader } from '../../../../../src/repos/xet/format/chunk.js';
import { headerOf, MAX_CHUNKS, xorbLayout, XorbScan } from '../../../../../src/repos/xet/format/xorb.js';
import { lz4Block, lz4Frame } from '../../../../support/lz4-frame.js';
import { chunkBytes, xorbBytes, type XetChunk } from '../../../../support/xet-builder.js';

function scan(bytes: Uint8Array, pieces = bytes.length): Buffer {
  const walk = new XorbScan();
  for (let at = 0; at < bytes.length; at += pieces) walk.take(bytes.subarray(at, at + pieces));
  return walk.end();
}

const frame = lz4Frame([{ data: lz4Block([{ literals: Buffer.from('literally') }]) }]);
const chunks: XetChunk[] = [
  { data: Buffer.from('as it is') },
  { data: frame, scheme: 1, size: 9 },
  { data: Buffer.alloc(300, 'z') },
];
const FOOTER = Buffer.from('XETBLOB\u0001 and its fields');

describe('XorbScan', () => {
  it.each([1, 3, 8, 9, 1000])('reads chunk headers from pieces of %i bytes, with and without a footer', (pieces) => {
    const headers = Buffer.concat(chunks.map((chunk) => chunkBytes(chunk).subarray(0, 8)));
    expect(scan(xorbBytes(chunks), pieces)).toEqual(headers);
    expect(scan(xorbBytes(chunks, FOOTER), pieces)).toEqual(headers);
  });

  it('returns headers from which xorbLayout computes the offsets of chunks and contents', () => {
    expect(xorbLayout(scan(xorbBytes(chunks)))).toEqual({
      count: 3,
      storedAt: [0, 16, 24 + frame.length, 24 + frame.length + 308],
      plainAt: [0, 8, 17, 317],
    });
  });

  it.each<[what: string, bytes: Buffer, message: RegExp]>([
    ['without content', Buffer.alloc(0), /has no chunk/],
    ['of only a footer', FOOTER, /has no chunk/],
    ['that ends within a header', xorbBytes(chunks).subarray(0, 20), /chunk 1 is incomplete/],
    ['that ends within a chunk', xorbBytes(chunks).subarray(0, -1), /chunk 3 is incomplete/],
    [
      'with a chunk of an unsupported version',
      xorbBytes([chunks[0]!, { data: Buffer.from('a'), version: 1 }]),
      /chunk 1 .* version 1/,
    ],
    ['with an unknown compression', xorbBytes([{ data: Buffer.from('a'), scheme: 3 }]), /chunk 0 .* compression 3/],
    ['with an empty chunk', xorbBytes([{ data: Buffer.alloc(0) }]), /the size 0/],
    ['with a chunk that decodes to nothing', xorbBytes([{ data: frame, scheme: 1, size: 0 }]), /the size 0/],
    [
      'with a plain chunk with different sizes',
      xorbBytes([{ data: Buffer.from('abc'), size: 4 }]),
      /different sizes \(3 and 4\)/,
    ],
    [
      'of too many chunks',
      xorbBytes(Array<XetChunk>(MAX_CHUNKS + 1).fill({ data: Buffer.from('a') })),
      /more than 65536/,
    ],
  ])('rejects a xorb %s', (_, bytes, message) => {
    expect(() => scan(bytes)).toThrow(message);
  });

  it('accepts or rejects any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), fc.boolean(), (tail, n, good) => {
        try {
          expect(scan(good ? Buffer.concat([xorbBytes(chunks), tail]) : tail, n).length % 8).toBe(0);
        } catch (error) {
          expect([error instanceof HubError, (error as HubError).code]).toEqual([true, 'BadRequest']);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('decodeChunk', () => {
  const contentOf = (chunk: XetChunk): string => {
    const bytes = chunkBytes(chunk);
    return Buffer.from(decodeChunk(readChunkHeader(headerOf(bytes, 0), 0), bytes.subarray(8))).toString();
  };

  it.each<[what: string, chunk: XetChunk, content: string]>([
    ['a plain chunk', { data: Buffer.from('as it is') }, 'as it is'],
    ['an LZ4 frame', { data: frame, scheme: 1, size: 9 }, 'literally'],
    ...(['', 'y', 'yz', 'yzw'] as const).map((tail): [string, XetChunk, string] => {
      // A1B1C1… A2B2C2…: words of four bytes, and a last word of 0 to 3 bytes
      const groups = ['Aa0', 'Bb1', 'Cc2', 'Dd3'].map((group, n) => group + (tail[n] ?? ''));
      const data = lz4Frame([{ data: Buffer.from(groups.join('')), stored: true }]);
      return [
        `a grouped chunk of ${12 + tail.length} bytes`,
        { data, scheme: 2, size: 12 + tail.length },
        `ABCDabcd0123${tail}`,
      ];
    }),
  ])('decodes %s', (_, chunk, content) => {
    expect(contentOf(chunk)).toBe(content);
  });
});
