import { describe, expect, it } from '@jest/globals';
import { formatBytes, parseBytes } from '../../../src/domain/byte-size.js';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [999_999, '1 MB'],
    [2_130_000_000, '2.13 GB'],
    [10_000_000_000, '10 GB'],
    [500_000_000_000, '500 GB'],
    [9_007_199_254_740_991, '9.01 PB'],
  ])('formats %d as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('parseBytes', () => {
  it.each([
    ['0', 0],
    ['1000000', 1_000_000],
    ['10GB', 10_000_000_000],
    ['10 gb', 10_000_000_000],
    ['1.5 TiB', 1_649_267_441_664],
    ['512kB', 512_000],
    ['7B', 7],
  ])('reads %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it.each(['', '10G', 'GB', '-1', '1e9', '1,5GB', '10GB/s', '99999PB', '9007199254740992'])('refuses %j', (text) =>
    expect(parseBytes(text)).toBeUndefined(),
  );
});
