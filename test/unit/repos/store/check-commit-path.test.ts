import { describe, expect, it } from '@jest/globals';
import { checkCommitPath } from '../../../../src/repos/store/check-commit-path.js';

describe('a path that is written', () => {
  it.each([
    'README.md',
    '.gitattributes',
    'a/b/c.txt',
    'with space # ? % + é.txt',
    '...',
    '.github/workflows/ci.yml',
    'x.git/y',
    'n'.repeat(255),
  ])('may be %s', (path) => {
    expect(checkCommitPath(path)).toEqual(path.split('/'));
  });

  it.each([
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
  ])('may not be %j', (path) => {
    expect(() => checkCommitPath(path)).toThrow(expect.objectContaining({ code: 'BadRequest' }));
  });
});
