import { describe, expect, it } from '@jest/globals';
import { parseObjectFilter, type ObjectFilter } from '../../../../src/repos/git/object-filter.js';

describe('parseObjectFilter', () => {
  it.each<[string, Partial<ObjectFilter>]>([
    ['blob:none', { blobLimit: 0, treeDepth: Infinity }],
    ['blob:limit=0', { blobLimit: 0 }],
    ['blob:limit=500', { blobLimit: 500 }],
    ['blob:limit=2k', { blobLimit: 2048 }],
    ['blob:limit=3M', { blobLimit: 3 * 1024 ** 2 }],
    ['blob:limit=1g', { blobLimit: 1024 ** 3 }],
    ['tree:0', { blobLimit: Infinity, treeDepth: 0 }],
    ['tree:3', { treeDepth: 3 }],
    ['combine:blob:none+tree:2', { blobLimit: 0, treeDepth: 2 }],
    ['combine:blob%3Alimit%3D9+blob%3Alimit%3D5', { blobLimit: 5, treeDepth: Infinity }],
  ])('reads %s', (specification, filter) => expect(parseObjectFilter(specification)).toMatchObject(filter));

  it.each([
    'sparse:oid=main:.sparse',
    'object:type=blob',
    'blob:limit=',
    'blob:limit=-1',
    'tree:',
    'combine:',
    'combine:%zz',
    'combine:combine:blob:none',
    `tree:${'1'.repeat(300)}`,
  ])('refuses %s', (specification) =>
    expect(() => parseObjectFilter(specification)).toThrow(
      /^This hub does not support the filter ".*"\. Use blob:none/,
    ),
  );
});
