import type { ListEntries } from '../../../src/domain/list.js';
import { listOrder } from '../../../src/lists/list-order.js';
import { mergeLists, type ListStream } from '../../../src/lists/merge-lists.js';

const order = listOrder({ sort: 'likes', ascending: false });

/** `a9 b7`: ids with their likes; `-` is an entry that is none. */
const read = (text: string): ListEntries =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => (word === '-' ? undefined : { id: word[0]!, likes: Number(word.slice(1)) }));
const stream = (text: string): ListStream => ({ entries: read(text.replace('…', '')), ended: !text.endsWith('…') });

const merge = (streams: string[], limit: number, leftOut: string) =>
  mergeLists({ streams: streams.map(stream), order, limit, isExcluded: ({ id }) => leftOut.includes(id) });

test.each<[string, string[], string, number[], number[], number?, string?]>([
  ['nothing', [], '', [], []],
  ['one list', ['a9 b7'], 'a0 b0', [2], []],
  ['by value', ['a9 b3', 'c5 d1'], 'a0 c1 b0 d1', [2, 2], []],
  ['by id where values are the same', ['b5', 'a5'], 'a1 b0', [1, 1], []],
  ['the earlier list wins of one id, with the same value', ['a5', 'a5 b1'], 'a0 b1', [1, 2], []],
  ['… with a lower one', ['a2', 'a5 b4'], 'b1 a0', [1, 2], []],
  ['… in another case', ['A5', 'a5'], 'A0', [1, 1], []],
  ['… but not if it is left out there', ['a5 -', 'b3'], 'b1', [2, 1], [], 9, 'a'],
  ['the limit cuts', ['a9 b3', 'c5 d1'], 'a0 c1', [1, 1], [], 2],
  ['what comes next and is left out is done with as well', ['a9 b3 d2'], 'a0', [2], [], 1, 'b'],
  ['waits for a list of which nothing is known', ['a9', '…'], '', [0, 0], [1]],
  ['waits for a list that has run dry', ['a9 b1', 'c5…'], 'a0 c1', [1, 1], [1]],
  ['does not wait once the page is full', ['a9 b1', 'c5…'], 'a0 c1', [1, 1], [], 2],
  ['an id of which another list knows comes once', ['a9…', 'b8 a7'], 'a0', [1, 0], [0]],
])('%s', (_name, streams, shown, taken, starved, limit = 9, leftOut = '') => {
  const merged = merge(streams, limit, leftOut);
  expect(merged.entries.map(({ entry, stream: n }) => `${entry.id}${n}`).join(' ')).toBe(shown);
  expect(merged).toMatchObject({ taken, starved });
});
