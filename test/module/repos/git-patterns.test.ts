import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StepBudget } from '../../../src/domain/pattern-matcher.js';
import { GitAttributes } from '../../../src/repos/write/git-attributes.js';
import { GitIgnore } from '../../../src/repos/write/git-ignore.js';
import { FULL_RUN } from '../../support/full-run.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

let root: string;

function git(args: readonly string[], input = ''): string {
  try {
    return execFileSync('git', args, {
      cwd: root,
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    });
  } catch (error) {
    return (error as { stdout: string }).stdout; // check-ignore reports "nothing is ignored" as a failure
  }
}

beforeAll(async () => {
  root = await temporaryFolder();
  git(['init', '--quiet']);
  mkdirSync(join(root, '.git/info'), { recursive: true });
});

const lines = (paths: readonly string[]): string => paths.map((path) => `${path}\0`).join('');

function ignoredByGit(text: string, paths: readonly string[]): readonly string[] {
  writeFileSync(join(root, '.gitignore'), text);
  writeFileSync(join(root, '.gitattributes'), '');
  const ignored = git(['check-ignore', '--no-index', '-z', '--stdin'], lines(paths)).split('\0');
  return paths.filter((path) => ignored.includes(path));
}

function storedAsLfsByGit(text: string, paths: readonly string[]): readonly string[] {
  writeFileSync(join(root, '.gitattributes'), text);
  writeFileSync(join(root, '.gitignore'), '');
  const output = git(['check-attr', '-z', '--stdin', 'filter'], lines(paths)).split('\0');
  return paths.filter((_, n) => output[n * 3 + 2] === 'lfs');
}

const budget = (): StepBudget => new StepBudget(1_000_000);
const ignored = (text: string, paths: readonly string[]): readonly string[] => {
  const rules = new GitIgnore(text);
  return paths.filter((path) => rules.ignores(path, budget()));
};
const storedAsLfs = (text: string, paths: readonly string[]): readonly string[] => {
  const rules = new GitAttributes([{ folder: '', text }]);
  return paths.filter((path) => rules.filter(path, budget()) === 'lfs');
};

const segment = fc.stringMatching(/^[ab.\-[\]é\\ ]{1,4}$/).filter((name) => !/^\.+$/.test(name));
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
const token = fc.constantFrom(
  'a',
  'b',
  'a',
  'b',
  '.',
  '-',
  'é',
  '/',
  '/',
  '*',
  '*',
  '**',
  '**/',
  '/**/',
  '/**',
  '***',
  '?',
  '[',
  ']',
  '!',
  '^',
  '\\',
  '[a-b]',
  '[!a]',
  '[^b]',
  '[]a]',
  '[]-a]',
  '[a-]',
  '[[:alpha:]]',
  '[[:x:]]',
  '[[:alpha:]',
  '[/a]',
  '[\\]b]',
  '[\\a-\\b]',
  ' ',
  '\\ ',
  '\\*',
  '\\/',
  '\\\\',
);
const pattern = fc.array(token, { minLength: 1, maxLength: 7 }).map((tokens) => tokens.join(''));
const runs = { numRuns: FULL_RUN ? 5000 : 80 };

describe('patterns match the same paths as in git', () => {
  it('in .gitignore', () => {
    const text = fc
      .array(fc.tuple(fc.constantFrom('', '', '!', '#'), pattern, fc.constantFrom('', '', '/', ' ', '\r')), {
        maxLength: 4,
      })
      .map((rules) => rules.map((parts) => parts.join('')).join('\n'));
    fc.assert(
      fc.property(text, fc.array(path, { minLength: 20, maxLength: 30 }), (rules, paths) => {
        expect(ignored(rules, paths)).toEqual(ignoredByGit(rules, paths));
      }),
      runs,
    );
  });

  it('in .gitattributes', () => {
    const word = pattern.filter((text) => !/[ "]/.test(text));
    const text = fc
      .array(word, { maxLength: 4 })
      .map((patterns) => patterns.map((item) => `${item} filter=lfs`).join('\n'));
    fc.assert(
      fc.property(text, fc.array(path, { minLength: 20, maxLength: 30 }), (rules, paths) => {
        expect(storedAsLfs(rules, paths)).toEqual(storedAsLfsByGit(rules, paths));
      }),
      runs,
    );
  });

  it.each<[string, string[]]>([
    ['a/b**', ['a/b', 'a/bc', 'a/bc/d', 'a/c']],
    ['a/b**/c', ['a/bc', 'a/b/c', 'a/bx/y/c', 'a/c']],
    ['a/**\\/b', ['a/b', 'a/x/b', 'a/x/y/b']],
    ['foo/bar/', ['foo/bar/x', 'foo/barbaz/x', 'foo/bar', 'x/foo/bar/y']],
    ['/*\n!/a\n/a/*\n!/a/b', ['x', 'a/b', 'a/c', 'a/b/c']],
    ['build\n!build/keep', ['build/keep', 'build/x', 'src/build']],
    ['*.log\r\n!keep.log\r\n', ['x.log', 'keep.log', 'a/keep.log']],
    ['a \nb\\ \nc\\\\ ', ['a', 'a ', 'b', 'b ', 'c\\', 'c\\ ']],
    ['\ufeffa', ['a', 'b']],
    ['*\n!*/\n!*.txt', ['a', 'a.txt', 'b/a.txt', 'b/a']],
  ])('%j', (rules, paths) => {
    expect(ignored(rules, paths)).toEqual(ignoredByGit(rules, paths));
  });
});
