import { listOrder, sortValue } from '../../../src/lists/list-order.js';

test.each([
  ['2024-01-01T00:00:00.000Z', Date.UTC(2024, 0, 1)],
  ['no date', 0],
  [undefined, 0],
  [7, 0],
])('sortValue of the date %j is %d', (lastModified, value) => {
  expect(sortValue({ id: 'a', lastModified }, 'lastModified')).toBe(value);
});

test('ascending order is the reverse of descending order, including equal values', () => {
  const entries = ['b', 'A', 'c'].map((id, n) => ({ id, likes: n % 2 }));
  const ids = (ascending: boolean) => [...entries].sort(listOrder({ sort: 'likes', ascending })).map(({ id }) => id);
  expect(ids(false)).toEqual(['A', 'b', 'c']);
  expect(ids(true)).toEqual(['c', 'b', 'A']);
});

test('entries are sorted by their ids with sort=id', () => {
  const entries = ['b', 'A', 'c'].map((id) => ({ id }));
  const ids = (ascending: boolean) => [...entries].sort(listOrder({ sort: 'id', ascending })).map(({ id }) => id);
  expect(ids(false)).toEqual(['c', 'b', 'A']);
  expect(ids(true)).toEqual(['A', 'b', 'c']);
});

test('values that only sources know keep the order of each source, before local entries', () => {
  const entries = [{ id: 'x', _source: 'local' }, { id: 'b' }, { id: 'a' }];
  const ids = (ascending: boolean) => [...entries].sort(listOrder({ sort: 'likes30d', ascending })).map(({ id }) => id);
  expect(ids(false)).toEqual(['b', 'a', 'x']);
  expect(ids(true)).toEqual(['x', 'b', 'a']);
});
