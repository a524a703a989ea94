import { expect, it } from '@jest/globals';
import { isGitattributesAlias, isGitFolderAlias, isGitmodulesAlias } from '../../../src/domain/git-aliases.js';

it.each([
  '.git',
  '.GIT',
  '.git ',
  '.git. .',
  'git~1',
  'GIT~1 .',
  '.git::$INDEX_ALLOCATION',
  '.git ::$DATA',
  'git~1:x',
  '.gi\u200ct',
  '\u202e.git',
  '.git\ufeff',
  '.\u206fG\u200di\u200et',
])('%j is an alias of .git', (name) => {
  expect(isGitFolderAlias(name)).toBe(true);
});

it.each(['git', '.gitx', '.git~1', 'git~2', 'x.git', '.gi t', '.github', '.gi\u2060t'])(
  '%j is not an alias of .git',
  (name) => {
    expect(isGitFolderAlias(name)).toBe(false);
  },
);

it.each([
  '.gitmodules',
  '.GITMODULES',
  '.gitmodules .',
  '.gitmodules::$DATA',
  '.git\u200cmodules',
  'GITMOD~1',
  'gitmod~4',
  'GI7EBA~1',
  'gi7eb~10',
  'gi7~1000',
  '~1234567',
  'gi7eba~9 .:x',
])('%j is an alias of .gitmodules', (name) => {
  expect(isGitmodulesAlias(name)).toBe(true);
});

it.each([
  'gitmodules',
  '.gitmodules2',
  'gitmod~5',
  'gitmod~10',
  'gi7eba~0',
  'gi7eba~10',
  'gi7eb~01',
  'xgitmod~1',
  '~123',
])('%j is not an alias of .gitmodules', (name) => {
  expect(isGitmodulesAlias(name)).toBe(false);
});

it.each([
  ['.gitattributes', true],
  ['GITATT~1', true],
  ['gi7d29~1', true],
  ['.gitattribute\u200ds', true],
  ['gi7eba~1', false],
  ['.gitignore', false],
])('%j is an alias of .gitattributes: %s', (name, expected) => {
  expect(isGitattributesAlias(name)).toBe(expected);
});
