import { expect, it } from '@jest/globals';
import { commitIdPrefix, revisionCandidates } from '../../../../src/repos/store/revision-candidates.js';

it.each([
  [[], [['HEAD', '']]],
  [['main'], [['main', '']]],
  [
    ['main', 'a', 'b'],
    [
      ['main/a/b', ''],
      ['main/a', 'b'],
      ['main', 'a/b'],
    ],
  ],
  [
    ['refs/pr/1', 'sub/dir', ''],
    [
      ['refs/pr/1/sub/dir/', ''],
      ['refs/pr/1/sub/dir', ''],
      ['refs/pr/1', 'sub/dir'],
    ],
  ],
  [
    ['main', 'a'.repeat(294), 'b'],
    [
      [`main/${'a'.repeat(294)}`, 'b'],
      ['main', `${'a'.repeat(294)}/b`],
    ],
  ],
])('revisionCandidates(%j) returns %j', (rest, candidates) => {
  expect(revisionCandidates(rest).map(({ revision, path }) => [revision, path.join('/')])).toEqual(candidates);
});

it.each([
  ['abcde', 'abcde'],
  ['ABCDEF0', 'abcdef0'],
  ['f'.repeat(40), 'f'.repeat(40)],
  ['abcd', undefined],
  ['abcdeg', undefined],
  ['f'.repeat(41), undefined],
  ['main', undefined],
])('commitIdPrefix(%j) returns %s', (revision, prefix) => {
  expect(commitIdPrefix(revision)).toBe(prefix);
});
