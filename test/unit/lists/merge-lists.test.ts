import type { ListEntries } from '../../../src/domain/list.js';
import { listOrder } from '../../../src/lists/list-order.js';
import { mergeLists, type ListStream } from '../../../src/lists/merge-lists.js';

const order = listOrder({ sort: 'likes', ascending: false });

/** Reads `a9 b7` as IDs with their likes; `-` is a filtered-out entry. */
const read = (text: string): ListEntries =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => (word === '-' ? undefined : { id: word[0]!, likes: Number(word.slice(1)) }));
const stream = (text: string): ListStream => ({ entries: read(text.replace('…', '')), ended: !text.endsWith('…') });

const merge = (streams: string[], limit: number, excluded: string) =>
  mergeLists({ streams: streams.map(stream), order, limit, isExcluded: ({ id }) => excluded.includes(id) });

test.each<[string, string[], string, number[], number[], number?, string?]>([
  ['no lists', [], '', [], []],
  ['one list', ['a9 b7'], 'a0 b0', [2], []],
  ['two lists by value', ['a9 b3', 'c5 d1'], 'a0 c1 b0 d1', [2, 2], []],
  ['equal values by ID', ['b5', 'a5'], 'a1 b0', [1, 1], []],
  ['duplicate IDs with equal values, preferring the earlier list', ['a5', 'a5 b1'], 'a0 b1', [1, 2], []],
  ['duplicate IDs with a lower value in the earlier list', ['a2', 'a5 b4'], 'b1 a0', [1, 2], []],
  ['duplicate IDs in another case', ['A5', 'a5'], 'A0', [1, 1], []],
  ['duplicate IDs that are excluded from the earlier list', ['a5 -', 'b3'], 'b1', [2, 1], [], 9, 'a'],
  ['up to the limit', ['a9 b3', 'c5 d1'], 'a0 c1', [1, 1], [], 2],
  ['up to the limit, and consumes excluded entries after it', ['a9 b3 d2'], 'a0', [2], [], 1, 'b'],
  ['nothing while a list has not been read', ['a9', '…'], '', [0, 0], [1]],
  ['up to the last read entry of a list that continues', ['a9 b1', 'c5…'], 'a0 c1', [1, 1], [1]],
  ['up to the limit although a list continues', ['a9 b1', 'c5…'], 'a0 c1', [1, 1], [], 2],
  ['an ID once if another list has it', ['a9…', 'b8 a7'], 'a0', [1, 0], [0]],
])('merges %s', (_name, streams, expected, taken, starved, limit = 9, excluded = '') => {
  const merged = merge(streams, limit, excluded);
  expect(merged.entries.map(({ entry, stream: n }) => `${entry.id}${n}`).join(' ')).toBe(expected);
  expect(merged).toMatchObject({ taken, starved });
});
