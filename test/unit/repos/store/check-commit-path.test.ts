import { describe, expect, it } from '@jest/globals';
import { checkCommitPath, checkExistingPath } from '../../../../src/repos/store/check-commit-path.js';

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

  it.each([
    ['.git/x', 'contains ".git", which is reserved'],
    ['a/.git::$INDEX_ALLOCATION/x', 'contains ".git::$INDEX_ALLOCATION", which some file systems treat as ".git"'],
    ['.gi\u200ct/config', 'contains ".gi\\u200Ct", which some file systems treat as ".git"'],
    ['.gitmodules/x', 'contains the folder ".gitmodules", which git reads as a file'],
    ['a/GITATT~1/x', 'contains the folder "GITATT~1", which git reads as a file'],
    ['a/\u202egnp.exe', 'contains the invisible character U+202E'],
  ])('may not be %j, which %s', (path, problem) => {
    expect(() => checkCommitPath(path)).toThrow(problem);
  });

  it.each(['.gitmodules', 'x/.gitmodules', '.gitmodules2/x', 'GITATT~1', '.gitignore/x', 'می\u200cخواهم.txt'])(
    'may be %s',
    (path) => {
      expect(checkCommitPath(path)).toEqual(path.split('/'));
    },
  );
});

describe('a path that is deleted', () => {
  it.each(['\u202egnp.exe', '.gi\u200ct/config', '.git::$INDEX_ALLOCATION/config', '.gitmodules/x'])(
    'may be %j, which is no longer allowed for new files',
    (path) => {
      expect(checkExistingPath(path)).toEqual(path.split('/'));
    },
  );

  it.each(['', '/a', '../a', 'a//b', 'a\\b', 'a\0'])('may not be %j', (path) => {
    expect(() => checkExistingPath(path)).toThrow(expect.objectContaining({ code: 'BadRequest' }));
  });
});
