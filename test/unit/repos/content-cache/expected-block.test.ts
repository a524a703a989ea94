import { describe, expect, it } from '@jest/globals';
import { ExpectedBlock, STALLED_MS } from '../../../../src/repos/content-cache/expected-block.js';

const upTo = (count: number, from = 0): Set<number> => new Set(Array.from({ length: count }, (_, n) => from + n));

describe('ExpectedBlock', () => {
  it.each([
    ['the first block of a new file', 0, upTo(0), true],
    ['a block near the start', 4, upTo(0), true],
    ['a block far from the start', 5, upTo(0), false],
    ['the next block', 7, upTo(7), true],
    ['the next block behind a gap', 12, new Set([...upTo(3), ...upTo(8, 4)]), true],
    ['a block far behind the last', 12, upTo(7), false],
    ['a block before the stored ones', 20, upTo(5, 30), false],
  ])('%s', (_, index, stored, expected) => {
    expect(new ExpectedBlock().isComing(index, stored, 0)).toBe(expected);
  });

  it('is not coming when the blocks of another part of the file are stored', () => {
    const expected = new ExpectedBlock();
    const outcomes = [0, 1, 4, 5].map((count) => expected.isComing(0, upTo(count, 100), count));
    expect(outcomes).toEqual([true, true, true, false]);
  });

  it('is coming as long as blocks are stored from time to time', () => {
    const expected = new ExpectedBlock();
    const times = [0, 0.9, 1.8, 2.7, 3.8].map((factor) => factor * STALLED_MS);
    const outcomes = times.map((now, n) => expected.isComing(4, upTo(Math.min(n, 3)), now));
    expect(outcomes).toEqual([true, true, true, true, false]);
  });

  it('begins again with the next block', () => {
    const expected = new ExpectedBlock();
    expected.isComing(0, upTo(0), 0);
    expect(expected.isComing(0, upTo(0), STALLED_MS)).toBe(false);
    expect(expected.isComing(1, upTo(1), STALLED_MS)).toBe(true);
  });
});
