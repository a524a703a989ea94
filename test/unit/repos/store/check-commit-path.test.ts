import { describe, expect, it } from '@jest/globals';
import { checkCommitPath } from '../../../../src/repos/store/check-commit-path.js';

describe('checkCommitPath', () => {
  it.each([
    'README.md',
    '.gitattributes',
    'a/b/c.txt',
    'with space # ? % + é.txt',
    '...',
    '.github/workflows/ci.yml',
    'x.git/y',
    'n'.repeat(255),
  ])('accepts %j', (path) => {
    expect(checkCommitPath(path)).toEqual(path.split('/'));
  });

  const invalidPaths = [
    '',
    '/',
    '/etc/passwd',
    '..',
    '../x',
    'a/../b',
    'a/..',
    './a',
    'a/./b',
    'a//b',
    'a/',
    '.git',
    '.git/config',
    '.GIT/hooks/post-checkout',
    'a/.git/config',
    '.git /config',
    '.git./config',
    'GIT~1/config',
    'a\\b',
    'a\0b',
    'a\nb',
    'lone \ud800 half',
    'n'.repeat(256),
    'é'.repeat(128),
    'n/'.repeat(600) + 'n',
  ];

  it('rejects invalid and dangerous paths', () => {
    const outcome = (path: string): unknown => {
      try {
        return checkCommitPath(path);
      } catch (error) {
        return (error as { code: unknown }).code;
      }
    };
    expect(invalidPaths.map((path) => [path, outcome(path)])).toEqual(invalidPaths.map((path) => [path, 'BadRequest']));
  });
});
