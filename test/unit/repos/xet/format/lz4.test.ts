import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HubError } from '../../../../../src/domain/hub-error.js';
import { decodeLz4Frame } from '../../../../../src/repos/xet/format/lz4.js';
import { lz4Block, lz4Frame, type FrameBlock, type Lz4FrameOptions } from '../../../../support/lz4-frame.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const last = (literals: string) => ({ literals: Buffer.from(literals) });
const then = (literals: string, distance: number, length: number) => ({ ...last(literals), distance, length });
const long = 'x'.repeat(700);

const messageOf = (act: () => unknown): string => {
  try {
    act();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('decodeLz4Frame', () => {
  it.each<[what: string, blocks: FrameBlock[], content: string, options?: Lz4FrameOptions]>([
    ['without blocks', [], ''],
    ['with a stored block', [{ data: Buffer.from('plain'), stored: true }], 'plain'],
    ['with literals', [{ data: lz4Block([last('literals')]) }], 'literals'],
    ['with 15 literals', [{ data: lz4Block([last('fifteen letters')]) }], 'fifteen letters'],
    ['with many literals', [{ data: lz4Block([last(long)]) }], long],
    ['with a match', [{ data: lz4Block([then('abcdef', 6, 4), last('!')]) }], 'abcdefabcd!'],
    ['with an overlapping match', [{ data: lz4Block([then('ab', 2, 9), last('!')]) }], 'abababababa!'],
    ['with a long match at distance 1', [{ data: lz4Block([then('x', 1, 699), last('!')]) }], `${long}!`],
    ['with a long match at distance 3', [{ data: lz4Block([then('abc', 3, 300), last('')]) }], 'abc'.repeat(101)],
    [
      'with a long match at a large distance',
      [{ data: lz4Block([then(long, 700, 600), last('!')]) }],
      `${long}${long.slice(100)}!`,
    ],
    [
      'with dependent blocks',
      [{ data: Buffer.from('abcd'), stored: true }, { data: lz4Block([then('', 4, 8), last('.')]) }],
      'abcdabcdabcd.',
    ],
    [
      'with all optional fields of the format',
      [{ data: lz4Block([last('one')]) }, { data: Buffer.from('two'), stored: true }],
      'onetwo',
      { blockChecksums: true, contentChecksum: true, contentSize: 6, independent: true },
    ],
  ])('decodes a frame %s', (_, blocks, content, options = {}) => {
    expect(text(decodeLz4Frame(lz4Frame(blocks, options), content.length))).toBe(content);
  });

  const frame = lz4Frame([{ data: lz4Block([then('abcdef', 6, 4), last('end')]) }]);
  const bomb = lz4Frame([{ data: lz4Block([then('x', 1, 5_000_000), last('')]) }]);
  const invalidFrames: [what: string, frame: Buffer, size: number, message: RegExp][] = [
    ['too short', frame.subarray(0, 6), 13, /too short/],
    ['with an unknown magic number', Buffer.concat([Buffer.from([0]), frame]), 13, /magic number/],
    ['with an unsupported version', lz4Frame([], { version: 2 }), 0, /version 2/],
    ['with a dictionary', lz4Frame([], { dictionary: true }), 0, /dictionaries/],
    ['without its end mark', frame.subarray(0, -4), 13, /end mark is missing/],
    ['that ends within a block', frame.subarray(0, -6), 13, /last block is incomplete/],
    ['with extra bytes', Buffer.concat([frame, Buffer.alloc(1)]), 13, /does not end with its chunk/],
    ['shorter than the size of its chunk', frame, 14, /contains 13 bytes, .* size 14/],
    ['longer than the size of its chunk', frame, 12, /more bytes than the size in the chunk header/],
    ['that decompresses to a huge size', bomb, 100, /more bytes than the size in the chunk header/],
    [
      'with a stored block that is too long',
      lz4Frame([{ data: Buffer.alloc(9), stored: true }]),
      8,
      /more bytes than the size in the chunk header/,
    ],
    [
      'with a match before its start',
      lz4Frame([{ data: lz4Block([then('ab', 3, 4), last('')]) }]),
      6,
      /before the start/,
    ],
    ['with a match at distance 0', lz4Frame([{ data: lz4Block([then('ab', 0, 4), last('')]) }]), 6, /before the start/],
    ['with an empty block', lz4Frame([{ data: Buffer.from([]) }]), 0, /does not end with its chunk/],
    ['that ends with a match', lz4Frame([{ data: lz4Block([then('ab', 2, 4)]) }]), 6, /does not end with literals/],
    ['with literals beyond its end', lz4Frame([{ data: Buffer.from([0x50, 1]) }]), 5, /literals exceed/],
    ['with a match beyond its end', lz4Frame([{ data: Buffer.from([0x10, 1, 1]) }]), 5, /match exceeds/],
    ['with a length beyond its end', lz4Frame([{ data: Buffer.from([0xf0, 255, 255]) }]), 5, /length exceeds/],
  ];

  it('rejects invalid frames with the reason', () => {
    const messages = invalidFrames.map(([what, bytes, size]) => [what, messageOf(() => decodeLz4Frame(bytes, size))]);
    expect(messages).toEqual(invalidFrames.map(([what, , , message]) => [what, expect.stringMatching(message)]));
  });

  it('decodes any bytes to the given size or rejects them', () => {
    const randomTail = fc.uint8Array({ maxLength: 300 }).map((tail) => Buffer.concat([frame.subarray(0, 7), tail]));
    const flipped = fc.tuple(fc.nat(frame.length - 1), fc.nat(255)).map(([at, value]) => {
      const bytes = Buffer.from(frame);
      bytes[at] = value;
      return bytes;
    });
    const block = fc.uint8Array({ minLength: 1, maxLength: 100 }).map((data) => lz4Frame([{ data }]));
    fc.assert(
      fc.property(fc.oneof(randomTail, flipped, block, fc.uint8Array()), fc.nat(5_000), (bytes, size) => {
        try {
          expect(decodeLz4Frame(bytes, size)).toHaveLength(size);
        } catch (error) {
          expect(error).toBeInstanceOf(HubError);
          expect((error as HubError).code).toBe('BadRequest');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
