import { describe, expect, it } from '@jest/globals';
import {
  lfsPartCount,
  lfsPartLength,
  lfsPartSize,
  maxLfsParts,
  orderLfsParts,
} from '../../../../src/repos/store/lfs-parts.js';

it.each([
  // bytes, requested part size, part size, number of parts
  [1, 100, 100, 1],
  [100, 100, 100, 1],
  [101, 100, 100, 2],
  [60_000, 100, 100, 600],
  [60_001, 100, 101, 595],
  [3_000_000_000_000, 100_000_000, 5_000_000_000, 600],
])('%d bytes in parts of at least %d: the part size is %d, the count %d', (size, requested, partSize, count) => {
  expect(lfsPartSize(size, requested, maxLfsParts(1))).toBe(partSize);
  expect(lfsPartCount(size, partSize)).toBe(count);
});

it.each([
  [1, 100],
  [2, 100],
  [3, 50],
  [4, undefined],
  [0, undefined],
  [-1, undefined],
  [1.5, undefined],
  [NaN, undefined],
])('part %d of 250 bytes in parts of 100 has %s bytes', (part, length) => {
  expect(lfsPartLength(part, 250, 100)).toBe(length);
});

describe('orderLfsParts', () => {
  const [first, second] = [
    { partNumber: 1, etag: '"a"' },
    { partNumber: 2, etag: 'b' },
  ];
  const ordered = [
    { partNumber: 1, etag: 'a' },
    { partNumber: 2, etag: 'b' },
  ];

  it.each([
    ['ordered parts', [first, second], ordered],
    ['unordered parts', [second, first], ordered],
    ['a duplicate part', [first, second, first], ordered],
    ['a missing first part', [second], 'Part 1 of 2 is missing from the list'],
    ['a missing last part', [first], 'Part 2 of 2 is missing from the list'],
    ['a part without an ETag', [first, { partNumber: 2, etag: '""' }], 'Part 2 of 2 is missing from the list'],
    [
      'a part beyond the last',
      [first, second, { partNumber: 3, etag: 'c' }],
      'Part 3 does not exist. The parts are 1 to 2.',
    ],
    ['part 0', [{ partNumber: 0, etag: 'c' }, first, second], 'Part 0 does not exist. The parts are 1 to 2.'],
  ])('handles %s', (_case, parts, expected) => {
    expect(orderLfsParts(parts, 2)).toEqual(expected);
  });
});
