import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HubError } from '../../../../../src/domain/hub-error.js';
import { isXetHash, xetHash } from '../../../../../src/repos/xet/format/xet-hash.js';
import { XetShard } from '../../../../../src/repos/xet/format/shard.js';
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

const read = (bytes: Buffer) => {
  const shard = new XetShard(bytes);
  const files = [...shard.files()].map(({ sha256, size, terms }) => ({ sha256, size, terms: [...terms()] }));
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

describe('XetShard', () => {
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
  ])('rejects a shard %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
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
