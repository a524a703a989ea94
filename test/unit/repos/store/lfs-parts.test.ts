import { describe, expect, it } from '@jest/globals';
import { lfsPartCount, lfsPartLength, lfsPartSize, orderLfsParts } from '../../../../src/repos/store/lfs-parts.js';

it.each([
  // bytes, wanted part size, part size, parts
  [1, 100, 100, 1],
  [100, 100, 100, 1],
  [101, 100, 100, 2],
  [100_000, 100, 100, 1000],
  [100_001, 100, 101, 991],
  [5_000_000_000_000, 100_000_000, 5_000_000_000, 1000],
])('%d bytes in parts of at least %d: parts of %d, %d of them', (size, wanted, partSize, count) => {
  expect(lfsPartSize(size, wanted)).toBe(partSize);
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

describe('the parts that a client names', () => {
  const [one, two] = [
    { partNumber: 1, etag: '"a"' },
    { partNumber: 2, etag: 'b' },
  ];
  const ordered = [
    { partNumber: 1, etag: 'a' },
    { partNumber: 2, etag: 'b' },
  ];

  it.each([
    ['in order', [one, two], ordered],
    ['in another order', [two, one], ordered],
    ['one twice', [one, two, one], ordered],
    ['the first missing', [two], 'Part 1 of 2 is missing from the list'],
    ['the last missing', [one], 'Part 2 of 2 is missing from the list'],
    ['without ETag', [one, { partNumber: 2, etag: '""' }], 'Part 2 of 2 is missing from the list'],
    ['one too many', [one, two, { partNumber: 3, etag: 'c' }], 'Part 3 does not exist. The parts are 1 to 2.'],
    ['a part 0', [{ partNumber: 0, etag: 'c' }, one, two], 'Part 0 does not exist. The parts are 1 to 2.'],
  ])('%s', (_case, named, expected) => {
    expect(orderLfsParts(named, 2)).toEqual(expected);
  });
});
