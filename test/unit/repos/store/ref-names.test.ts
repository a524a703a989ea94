import { describe, expect, it } from '@jest/globals';
import {
  checkNewRefName,
  checkRefName,
  refNamesClash,
  refsOfRevision,
  shortRefName,
} from '../../../../src/repos/store/ref-names.js';

describe('refs', () => {
  it.each([
    ['HEAD', ['refs/heads/main']],
    ['x/y', ['refs/heads/x/y', 'refs/tags/x/y']],
    ['refs/pr/1', ['refs/pr/1']],
  ])('for the revision %s are %j', (revision, refs) => {
    expect(refsOfRevision(revision)).toEqual(refs);
  });

  it.each([
    ['refs/heads/feat/x', 'feat/x'],
    ['refs/tags/v1', 'v1'],
    ['refs/convert/parquet', 'parquet'],
    ['refs/pr/3', '3'],
  ])('%s have the short name %s', (ref, name) => {
    expect(shortRefName(ref)).toBe(name);
  });

  it.each([
    ['a', 'a/b', true],
    ['a/b', 'a', true],
    ['a', 'a', false],
    ['a', 'ab/c', false],
  ])('%s and %s clash: %s', (a, b, expected) => {
    expect(refNamesClash(a, b)).toBe(expected);
  });

  it.each(['main', 'feat/x', 'v1.0', 'ünï', 'a-b_c', 'abcdef'])('can have the name %s', (name) => {
    expect(() => checkRefName(name)).not.toThrow();
  });

  it('can be created with a printable name of at most 250 bytes', () => {
    for (const name of ['main', 'v1.0', 'ünï', 'می\u200cخواهم', 'n'.repeat(250), 'release-👩\u200d💻'])
      expect(() => checkNewRefName(name)).not.toThrow();
  });

  it.each([
    ['\u202egnp', 'contains the invisible character U+202E'],
    ['ma\u200bin', 'contains the invisible character U+200B'],
    ['a/ma\u2066in', 'Invalid reference for a branch or tag: "a/ma\\u2066in"'],
    ['n'.repeat(251), 'longer than 250 bytes'],
    ['a..b', 'Invalid reference for a branch or tag: "a..b"'],
  ])('cannot be created as %j, which %s', (name, problem) => {
    expect(() => checkNewRefName(name)).toThrow(problem);
  });

  const invalidNames = [
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    'a..b',
    '.a',
    'a/.b',
    'a.lock',
    'a.',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    '[',
    'a\\b',
    '@',
    'a@{b',
    '-a',
    'HEAD',
    'refs/heads/a',
    'f'.repeat(40),
    'a\0',
    'é'.repeat(128),
  ];

  it('cannot have invalid names', () => {
    const outcome = (name: string): unknown => {
      try {
        return checkRefName(name) ?? 'valid';
      } catch (error) {
        return (error as { code: unknown }).code;
      }
    };
    expect(invalidNames.map((name) => [name, outcome(name)])).toEqual(invalidNames.map((name) => [name, 'BadRequest']));
  });
});
