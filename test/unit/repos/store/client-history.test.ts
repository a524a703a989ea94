import { describe, expect, it } from '@jest/globals';
import { ClientHistory, type HistorySpan } from '../../../../src/repos/store/client-history.js';

/**
 * ```
 * main  1  2  3  4  5  6
 * side           4  5
 * deep              5
 * ```
 */
const main = (upTo: number): HistorySpan[] => [{ line: 'main', upTo }];
const side = (upTo: number): HistorySpan[] => [{ line: 'side', upTo }, ...main(3)];
const deep: HistorySpan[] = [{ line: 'deep', upTo: 5 }, ...side(4)];

const EVERY = [
  ...[1, 2, 3, 4, 5, 6].map((generation) => ({ line: 'main', generation })),
  ...[4, 5].map((generation) => ({ line: 'side', generation })),
  { line: 'deep', generation: 5 },
];

describe('the commits of a client with', () => {
  it.each<[string, HistorySpan[][], string[], string]>([
    ['no commits', [], [], ''],
    ['a commit of the main line', [main(3)], [], 'main1 main2 main3'],
    ['a commit of a side line', [side(4)], [], 'main1 main2 main3 side4'],
    ['a commit of a side line of a side line', [deep], [], 'main1 main2 main3 side4 deep5'],
    ['two diverging commits', [main(6), side(5)], [], 'main1 main2 main3 main4 main5 main6 side4 side5'],
    ['a shallow history', [main(5)], ['main4'], 'main4 main5'],
    ['a shallow history of one commit', [main(6)], ['main6'], 'main6'],
    [
      'a shallow history that diverges before its boundary',
      [main(6), side(5)],
      ['main5', 'side5'],
      'main5 main6 side5',
    ],
    [
      'a shallow history that diverges after its boundary',
      [main(6), side(5)],
      ['main2'],
      'main2 main3 main4 main5 main6 side4 side5',
    ],
    ['an unrelated shallow boundary', [main(3)], ['side4'], 'main1 main2 main3'],
    ['two shallow boundaries, where the later one counts', [main(6)], ['main2', 'main4'], 'main4 main5 main6'],
  ])('%s', (_, commits, boundaries, expected) => {
    const places = boundaries.map((end) => ({ line: end.slice(0, -1), generation: Number(end.at(-1)) }));
    const history = new ClientHistory(places);
    for (const ancestry of commits) history.add(ancestry);
    const names = EVERY.filter((place) => history.has(place)).map(({ line, generation }) => `${line}${generation}`);
    expect(names.join(' ')).toBe(expected);
  });
});
