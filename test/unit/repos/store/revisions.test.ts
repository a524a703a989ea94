import { describe, expect, it } from '@jest/globals';
import {
  checkNewRefName,
  checkRefName,
  refNamesClash,
  refsOfRevision,
  shortRefName,
} from '../../../../src/repos/store/ref-names.js';
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
])('%j may be read as %j', (rest, readings) => {
  expect(revisionCandidates(rest).map(({ revision, path }) => [revision, path.join('/')])).toEqual(readings);
});

it.each([
  ['abcde', 'abcde'],
  ['ABCDEF0', 'abcdef0'],
  ['f'.repeat(40), 'f'.repeat(40)],
  ['abcd', undefined],
  ['abcdeg', undefined],
  ['f'.repeat(41), undefined],
  ['main', undefined],
])('%s begins the commit id %s', (revision, prefix) => {
  expect(commitIdPrefix(revision)).toBe(prefix);
});

describe('refs', () => {
  it.each([
    ['HEAD', ['refs/heads/main']],
    ['x/y', ['refs/heads/x/y', 'refs/tags/x/y']],
    ['refs/pr/1', ['refs/pr/1']],
  ])('that %s may mean: %j', (revision, refs) => {
    expect(refsOfRevision(revision)).toEqual(refs);
  });

  it.each([
    ['refs/heads/feat/x', 'feat/x'],
    ['refs/tags/v1', 'v1'],
    ['refs/convert/parquet', 'parquet'],
    ['refs/pr/3', '3'],
  ])('%s are called %s', (ref, name) => {
    expect(shortRefName(ref)).toBe(name);
  });

  it.each([
    ['a', 'a/b', true],
    ['a/b', 'a', true],
    ['a', 'a', false],
    ['a', 'ab/c', false],
  ])('%s and %s clash: %s', (a, b, clash) => {
    expect(refNamesClash(a, b)).toBe(clash);
  });

  it.each(['main', 'feat/x', 'v1.0', 'ünï', 'a-b_c', 'abcdef'])('may be called %s', (name) => {
    expect(() => checkRefName(name)).not.toThrow();
  });

  it.each(['main', 'v1.0', 'ünï', 'می\u200cخواهم', 'n'.repeat(250), 'release-👩\u200d💻'])(
    'may be created as %s',
    (name) => {
      expect(() => checkNewRefName(name)).not.toThrow();
    },
  );

  it.each([
    ['\u202egnp', 'contains the invisible character U+202E'],
    ['ma\u200bin', 'contains the invisible character U+200B'],
    ['a/ma\u2066in', '"a/ma\\u2066in" is not a valid branch or tag name'],
    ['n'.repeat(251), 'longer than 250 bytes'],
    ['a..b', 'is not a valid branch or tag name'],
  ])('may not be created as %j, which %s', (name, problem) => {
    expect(() => checkNewRefName(name)).toThrow(problem);
  });

  it.each(['', '/', 'a/', '/a', 'a//b', 'a..b', '.a', 'a/.b', 'a.lock', 'a.', 'a b', 'a~1', 'a^', 'a:b', 'a?', 'a*'])(
    'may not be called %j',
    (name) => {
      expect(() => checkRefName(name)).toThrow(expect.objectContaining({ code: 'BadRequest' }));
    },
  );

  it.each(['[', 'a\\b', '@', 'a@{b', '-a', 'HEAD', 'refs/heads/a', 'f'.repeat(40), 'a\0', 'é'.repeat(128)])(
    'may not be called %j either',
    (name) => {
      expect(() => checkRefName(name)).toThrow(expect.objectContaining({ code: 'BadRequest' }));
    },
  );
});
