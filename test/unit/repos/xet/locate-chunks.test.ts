import { describe, expect, it } from '@jest/globals';
import { locateChunks, type ChunkRun, type FileRange } from '../../../../src/repos/xet/locate-chunks.js';

/** Five chunks of 10, 20, 30, 40 and 50 bytes. */
const PLAIN_AT = [0, 10, 30, 60, 100, 150];
const run = (sha256: string, first: number, end: number, offset: number): ChunkRun => ({ sha256, first, end, offset });
const range = (sha256: string, offset: number, size: number): FileRange => ({ sha256, offset, size });

describe('locateChunks', () => {
  it.each<[what: string, runs: ChunkRun[], first: number, end: number, ranges: FileRange[] | undefined]>([
    ['one file', [run('a', 0, 5, 1000)], 0, 5, [range('a', 1000, 150)]],
    ['the middle of a run', [run('a', 0, 5, 1000)], 2, 4, [range('a', 1030, 70)]],
    ['a run that starts at a later chunk', [run('a', 1, 4, 7)], 3, 4, [range('a', 57, 40)]],
    ['two files', [run('b', 2, 5, 0), run('a', 0, 2, 5)], 0, 5, [range('a', 5, 30), range('b', 0, 120)]],
    ['overlapping runs', [run('a', 0, 3, 0), run('b', 1, 5, 0)], 0, 5, [range('a', 0, 60), range('b', 50, 90)]],
    ['the longest of several runs', [run('a', 0, 1, 0), run('b', 0, 4, 9)], 0, 2, [range('b', 9, 30)]],
    ['undefined without runs', [], 0, 1, undefined],
    ['undefined for a gap between runs', [run('a', 0, 2, 0), run('b', 3, 5, 0)], 0, 5, undefined],
    ['undefined for a missing end', [run('a', 0, 4, 0)], 0, 5, undefined],
  ])('returns %s', (_, runs, first, end, ranges) => {
    expect(locateChunks(runs, PLAIN_AT, { first, end })).toEqual(ranges);
  });

  it('looks at each run a few times, however many there are', () => {
    const count = 5_000;
    let reads = 0;
    const runs = Array.from({ length: count }, (_, n) =>
      Object.defineProperty(run('a', n, n + 1, 0), 'first', { get: () => (reads++, n) }),
    );
    const plainAt = Array.from({ length: count + 1 }, (_, n) => n);
    expect(locateChunks(runs, plainAt, { first: 0, end: count })).toHaveLength(count);
    expect(reads).toBeLessThan(100 * count); // sorting needs the logarithm of their number
  });
});
