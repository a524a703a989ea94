import { expect, it } from '@jest/globals';
import { servedHeaders } from '../../../src/lists/list-sources.js';

it.each([
  ['local entries only', [], {}],
  ['a live reply', [{ name: 'A', age: {} }], { 'x-source': 'A', 'x-freshness': 'fresh' }],
  [
    'kept replies of several sources, by the oldest',
    [
      { name: 'A', age: { age: 5, freshness: 'revalidated' } },
      { name: 'A', age: { age: 9, freshness: 'fresh' } },
      { name: 'B; C', age: { age: 7, freshness: 'stale' } },
    ],
    { 'x-source': 'A, B%3B C', 'x-freshness': 'stale', age: '9' },
  ],
] as const)('a merged list reports the age of %s', (_, served, headers) => {
  expect(servedHeaders(served)).toEqual(headers);
});
