import { resumeIndex, positionAfter } from '../../../src/domain/list-walk.js';

describe('a page of a source is resumed', () => {
  const page = (ids: string) => [...ids].map((id) => (id === '-' ? undefined : { id }));
  test.each<[string, string, number, string, number]>([
    ['where it ended if it is unchanged', 'abcd', 2, 'abcd', 2],
    ['after new entries', 'abcd', 2, 'xabcd', 3],
    ['after removed entries', 'abcd', 3, 'bcd', 2],
    ['by count if its last entry was removed', 'abcd', 2, 'acd', 2],
    ['at the end of a shorter page', 'abcd', 4, 'ab', 2],
    ['after a filtered-out entry', 'a-cd', 2, 'a-cd', 2],
    ['from the beginning if no entry was read', 'abcd', 0, 'xabcd', 0],
  ])('%s', (_name, before, taken, now, place) => {
    expect(resumeIndex(page(now), positionAfter([], page(before), taken))).toBe(place);
  });
});
