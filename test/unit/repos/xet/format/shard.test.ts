import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HubError } from '../../../../../src/domain/hub-error.js';
import { isXetHash, xetHash } from '../../../../../src/repos/xet/format/xet-hash.js';
import { MAX_TERMS, readShard, STEP_LENGTH } from '../../../../../src/repos/xet/format/shard.js';
import { usedChunks, usesXorb, xorbsOf } from '../../../../../src/repos/xet/used-chunks.js';
import { hashBytes, shardBytes, type XetFile } from '../../../../support/xet-builder.js';

const [X1, X2, S1, S2] = ['1', '2', 'a', 'b'].map((digit) => `0123456789abcdef${digit.repeat(48)}`) as [
  string,
  string,
  string,
  string,
];
const FILES: XetFile[] = [
  {
    sha256: S1,
    terms: [
      { xorb: X1, first: 0, end: 3, size: 4_000_000_000 },
      { xorb: X2, first: 7, end: 8, size: 5 },
    ],
  },
  { sha256: S2, terms: [] },
];

function finish<T>(steps: Generator<void, T>): { count: number; value: T } {
  for (let count = 0; ; count++) {
    const { done, value } = steps.next();
    if (done) return { count, value };
  }
}

const read = (bytes: Buffer) => {
  const shard = finish(readShard(bytes)).value;
  const files = shard.files.map(({ sha256, size, terms }) => ({ sha256, size, terms: [...terms()] }));
  return { files, xorbs: [...shard.xorbs()] };
};

describe('a Xet hash', () => {
  it('is formatted in four groups with reversed bytes, as in the example of the specification', () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, n) => n);
    expect(xetHash(bytes)).toBe('07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918');
    expect(bytes[0]).toBe(0); // the input is not modified
    expect(xetHash(hashBytes(X1))).toBe(X1);
  });

  it.each([
    ['ab'.repeat(32), true],
    ['AB'.repeat(32), false],
    ['ab'.repeat(31), false],
    [`${'ab'.repeat(32)}\n`, false],
    ['../'.repeat(22), false],
  ])('isXetHash(%j) is %s', (text, expected) => {
    expect(isXetHash(text)).toBe(expected);
  });
});

describe('readShard', () => {
  it('reads the chunks of each file and the described xorbs', () => {
    expect(
      read(
        shardBytes(FILES, [
          { hash: X1, chunks: 3 },
          { hash: X2, chunks: 0 },
        ]),
      ),
    ).toEqual({
      files: [
        { ...FILES[0], size: 4_000_000_005 },
        { ...FILES[1], size: 0 },
      ],
      xorbs: [X1, X2],
    });
    expect(read(shardBytes([]))).toEqual({ files: [], xorbs: [] });
  });

  it('ignores a footer', () => {
    expect(read(Buffer.concat([shardBytes(FILES), Buffer.alloc(200, 0x55)])).files).toHaveLength(2);
  });

  const changed = (at: number, value: number): Buffer => {
    const bytes = shardBytes(FILES, [{ hash: X1, chunks: 3 }]);
    bytes.writeUInt32LE(value >>> 0, at);
    return bytes;
  };
  const whole = shardBytes(FILES, [{ hash: X1, chunks: 3 }]);
  const firstFile = 48;
  const firstXorb = whole.length - 48 * 5;
  it.each<[what: string, bytes: Buffer, message: RegExp]>([
    ['without content', Buffer.alloc(0), /wrong tag/],
    ['with an unknown tag', changed(20, 0), /wrong tag/],
    ['of an unsupported version', changed(32, 3), /unsupported version 3/],
    ['without an end mark', shardBytes([]).subarray(0, 48), /the structure at byte 48 is incomplete/],
    ['that ends within a file', whole.subarray(0, 200), /the structure at byte \d+ is incomplete/],
    ['without its xorbs', whole.subarray(0, firstXorb), /the structure at byte \d+ is incomplete/],
    ['that ends within its xorbs', whole.subarray(0, -60), /the structure at byte \d+ is incomplete/],
    ['that claims billions of terms', changed(firstFile + 36, 0xffff_ffff), /the structure at byte \d+ is incomplete/],
    ['that claims billions of chunks', changed(firstXorb + 36, 0xffff_ffff), /the structure at byte \d+ is incomplete/],
    ['with a file without a SHA-256', shardBytes([{ terms: [] }]), /the file 0707[0-9a-f]* has no SHA-256/],
    [
      'with a term without chunks',
      shardBytes([{ sha256: S1, terms: [{ xorb: X1, first: 3, end: 3, size: 0 }] }]),
      /the xorb 0123[0-9a-f]* has no chunks/,
    ],
    [
      'with a term beyond the chunks of any xorb',
      shardBytes([{ sha256: S1, terms: [{ xorb: X1, first: 3, end: 70_000, size: 0 }] }]),
      /a term refers to chunk 69999 of the xorb 0123[0-9a-f]*, but xorbs have at most 65536 chunks/,
    ],
  ])('rejects a shard %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });

  const zeros = (entries: number): Buffer => Buffer.alloc(entries * 48);
  it.each<[what: string, bytes: () => Buffer]>([
    [
      'with too many terms',
      () => {
        const file = shardBytes([{ sha256: S1, terms: [] }]).subarray(48, 144);
        file.writeUInt32LE(MAX_TERMS + 1, 36);
        return Buffer.concat([whole.subarray(0, 48), file, zeros(2 * MAX_TERMS + 2)]);
      },
    ],
    [
      'with too many empty files',
      () => {
        const files = Buffer.alloc((MAX_TERMS + 1) * 96, shardBytes([{ sha256: S1, terms: [] }]).subarray(48, 144));
        return Buffer.concat([whole.subarray(0, 48), files]);
      },
    ],
  ])('rejects a shard %s', (_, bytes) => {
    expect(() => read(bytes())).toThrow('The shard has more than 500000 terms. Upload fewer files at once.');
  });

  describe('steps of a shard with thousands of parts:', () => {
    const count = 4 * STEP_LENGTH;
    const terms = Array.from({ length: count }, (_, n) => ({ xorb: n % 2 ? X1 : X2, first: n, end: n + 1, size: 1 }));
    const { files } = finish(readShard(shardBytes([{ sha256: S1, terms }]))).value;

    it.each<[what: string, steps: () => Generator<void, unknown>]>([
      ['terms', () => readShard(shardBytes([{ sha256: S1, terms }]))],
      ['files', () => readShard(shardBytes(Array<XetFile>(count).fill(FILES[1]!)))],
      [
        'xorbs',
        () => readShard(shardBytes([], Array<{ hash: string; chunks: number }>(count).fill({ hash: X1, chunks: 0 }))),
      ],
      ['the used chunks', () => usedChunks(files)],
      ['the used xorbs', () => xorbsOf(files)],
      ['whether a xorb is used', () => usesXorb(files[0]!, new Set([S2]))],
    ])('%s', (_, steps) => {
      expect(finish(steps()).count).toBeGreaterThanOrEqual(4);
    });

    it('batches of used chunks', () => {
      const many = Array.from({ length: 2_000 }, (_, n) => ({
        ...terms[0]!,
        xorb: S1.slice(0, -4) + String(n).padStart(4, '0'),
      }));
      const shard = finish(readShard(shardBytes([{ sha256: S1, terms: [...terms, ...many] }]))).value;
      const batches = finish(usedChunks(shard.files)).value;
      expect(batches.map(({ length }) => length)).toEqual([4198, 200, 200, 200, 200, 200, 200, 200, 200, 200, 2]);
    });
  });

  it('finds used chunks in any order, and merges adjacent ones', () => {
    const ranges: [string, number, number][] = [
      [X1, 5, 6],
      [X2, 1, 2],
      [X1, 0, 3],
      [X1, 1, 2],
      [X1, 3, 4],
      [X1, 5, 8],
    ];
    const terms = ranges.map(([xorb, first, end]) => ({ xorb, first, end, size: 1 }));
    const { files } = finish(readShard(shardBytes([{ sha256: S1, terms }]))).value;
    expect(finish(usedChunks(files)).value).toEqual([
      [
        { xorb: X1, first: 0, end: 4 },
        { xorb: X1, first: 5, end: 8 },
        { xorb: X2, first: 1, end: 2 },
      ],
    ]);
  });

  it('reads or rejects any bytes', () => {
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }).map((bytes) => {
      const copy = Buffer.from(whole);
      for (const [at, value] of bytes) copy[at] = value;
      return copy;
    });
    const random = fc.uint8Array({ maxLength: 500 }).map((tail) => Buffer.concat([whole.subarray(0, 48), tail]));
    fc.assert(
      fc.property(fc.oneof(changes, random), (bytes) => {
        try {
          read(bytes);
        } catch (error) {
          expect([error instanceof HubError, (error as HubError).code]).toEqual([true, 'BadRequest']);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
