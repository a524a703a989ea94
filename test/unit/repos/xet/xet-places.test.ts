import { describe, expect, it } from '@jest/globals';
import { placesOf, type ChunkRun, type Place } from '../../../../src/repos/xet/xet-places.js';

/** Five chunks of 10, 20, 30, 40 and 50 bytes. */
const PLAIN_AT = [0, 10, 30, 60, 100, 150];
const run = (sha256: string, first: number, end: number, offset: number): ChunkRun => ({ sha256, first, end, offset });
const place = (sha256: string, offset: number, size: number): Place => ({ sha256, offset, size });

describe('where chunks lie', () => {
  it.each<[what: string, runs: ChunkRun[], first: number, end: number, places: Place[] | undefined]>([
    ['in one file', [run('a', 0, 5, 1000)], 0, 5, [place('a', 1000, 150)]],
    ['in the middle of a run', [run('a', 0, 5, 1000)], 2, 4, [place('a', 1030, 70)]],
    ['behind the beginning of a run', [run('a', 1, 4, 7)], 3, 4, [place('a', 57, 40)]],
    ['in two files', [run('b', 2, 5, 0), run('a', 0, 2, 5)], 0, 5, [place('a', 5, 30), place('b', 0, 120)]],
    ['in runs that overlap', [run('a', 0, 3, 0), run('b', 1, 5, 0)], 0, 5, [place('a', 0, 60), place('b', 50, 90)]],
    ['in the longest of several', [run('a', 0, 1, 0), run('b', 0, 4, 9)], 0, 2, [place('b', 9, 30)]],
    ['nowhere', [], 0, 1, undefined],
    ['partly nowhere', [run('a', 0, 2, 0), run('b', 3, 5, 0)], 0, 5, undefined],
    ['nowhere at the end', [run('a', 0, 4, 0)], 0, 5, undefined],
  ])('%s', (_, runs, first, end, places) => {
    expect(placesOf(runs, PLAIN_AT, { first, end })).toEqual(places);
  });
});
