import { expect, it } from '@jest/globals';
import { statisticsOf } from '../../../web/src/pages/repository/rows/column-statistics.js';

it.each<[string, unknown[], string, number, number]>([
  ['numbers', [1, 2, 3, 9], '1 to 9, mean 3.75', 0, 10],
  ['big integers', [1n, 3n], '1 to 3, mean 2', 0, 10],
  ['numbers of text files', ['1', '2.5', ''], '1 to 2.5, mean 1.75', 1, 10],
  ['equal numbers', [4, 4, null], 'always 4', 1, 0],
  ['few texts', ['a', 'b', 'a', undefined], '2 distinct values', 1, 2],
  ['different texts', ['one', 'three'], '3 to 5 characters', 0, 10],
  ['booleans', [true, true, false], '2 distinct values', 0, 2],
  ['lists', [[1], [1, 2, 3]], '1 to 3 items', 0, 10],
  ['objects', [{ a: 1 }], '', 0, 0],
  ['mixed values', [1, 'x', {}], '', 0, 0],
  ['no values', [null, ''], '', 2, 0],
  ['infinite numbers', [1, Infinity], '', 0, 0],
])('describes %s', (_, values, summary, missing, bars) => {
  const found = statisticsOf(values);
  expect([found.summary, found.missing, found.bars.length]).toEqual([summary, missing, bars]);
});

it('counts classes by name', () => {
  expect(statisticsOf([0, 1, 1, 5], ['cat', 'dog']).bars).toEqual([
    { label: 'dog', count: 2 },
    { label: 'cat', count: 1 },
    { label: '5', count: 1 },
  ]);
});

it('counts each value in one interval', () => {
  const { bars } = statisticsOf([0, 0, 5, 10]);
  expect(bars.map(({ count }) => count)).toEqual([2, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  expect(bars[9]).toEqual({ label: '9 to 10', count: 1 });
});
