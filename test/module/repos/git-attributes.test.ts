import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { StepBudget } from '../../../src/domain/pattern-matcher.js';
import { GitAttributes } from '../../../src/repos/write/git-attributes.js';
import { defaultGitAttributes } from '../../../src/repos/store/default-git-attributes.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const PATHS = [
  'a.bin',
  'b.bin',
  'A.BIN',
  'dir/a.bin',
  'dir/sub/a.bin',
  'other/dir/a.bin',
  'a.bin/inside',
  'x/saved_model/y/z',
  'saved_model/variables.pb',
  'saved_model',
  'a',
  'ab',
  'abc',
  'a/b',
  'a/x/b',
  'a/x/y/b',
  'a]b',
  'a-b',
  'a*b',
  'a\\b',
  'with space.txt',
  'dir/with space.txt',
  'é.txt',
  'e\u0301',
  'é',
  '1',
  '7x',
  '-',
  '#hash',
  '!bang',
  'tab\there',
  '[x]',
  'model-00001-of-00002.safetensors',
  'events.out.tfevents.123',
  'lfs.tar',
  'x.lfs.tar.gz',
  'd',
  'd/e',
  '"quoted"',
];

const ONE_FILE: [string, string][] = [
  ['a name', 'a.bin filter=lfs'],
  ['a star', '*.bin filter=lfs'],
  ['another case', '*.Bin filter=lfs'],
  ['a rooted name', '/a.bin filter=lfs'],
  ['a rooted star', '/*.bin filter=lfs'],
  ['a folder and a star', 'dir/*.bin filter=lfs'],
  ['a folder at any depth', '**/dir/*.bin filter=lfs'],
  ['everything below a folder', 'saved_model/**/* filter=lfs'],
  ['everything below a folder, shorter', 'saved_model/** filter=lfs'],
  ['two stars in the middle', 'a/**/b filter=lfs'],
  ['two stars next to text', 'a**b filter=lfs'],
  ['two stars next to text, with a slash', 'a/**b filter=lfs'],
  ['only stars', '** filter=lfs'],
  ['a rooted pair of stars', '/** filter=lfs'],
  ['a "?"', 'a? filter=lfs'],
  ['a "?" for half of a two-byte character', '? filter=lfs'],
  ['a "??" for a two-byte character', '?? filter=lfs'],
  ['a "?" against a slash', 'd?e filter=lfs'],
  ['a "?" against a slash, in a path', '/d?e filter=lfs'],
  ['a set', 'a[]-]b filter=lfs'],
  ['a range', '[0-9] filter=lfs'],
  ['a range and more', '[0-9]? filter=lfs'],
  ['a negated set', '[!a]* filter=lfs'],
  ['a negated set with "^"', '[^a]* filter=lfs'],
  ['a named class', '[[:digit:]]x filter=lfs'],
  ['a set against a slash', 'd[/]e filter=lfs'],
  ['a set against a slash, in a path', '/d[/x]e filter=lfs'],
  ['an unclosed set', 'a[b filter=lfs'],
  ['an escaped star', 'a\\*b filter=lfs'],
  ['an escaped backslash', 'a\\\\b filter=lfs'],
  ['an escaped bracket', '\\[x\\] filter=lfs'],
  ['a folder', 'dir/ filter=lfs'],
  ['a folder without its slash', 'dir filter=lfs'],
  ['a later line', '*.bin filter=lfs\na.bin filter=other'],
  ['a later line that unsets', '*.bin filter=lfs\na.bin -filter'],
  ['a later line that resets', '*.bin filter=lfs\na.bin !filter'],
  ['a later line for another attribute', '*.bin filter=lfs\na.bin text'],
  ['a later attribute', '*.bin filter=lfs filter=other'],
  ['several attributes', '*.bin  filter=lfs\tdiff=lfs merge=lfs -text'],
  ['set without a value', '*.bin filter'],
  ['a comment and spaces', '# *.bin filter=lfs\n   *.txt filter=lfs\n\n'],
  ['CRLF', '*.bin filter=lfs\r\n*.txt -filter\r\n'],
  ['a byte order mark', '\ufeff*.bin filter=lfs'],
  ['a quoted name', '"with space.txt" filter=lfs'],
  ['a quoted path', '"dir/with space.txt" filter=lfs'],
  ['a quoted name with escapes', '"\\303\\251" filter=lfs\n"tab\\there" filter=lfs'],
  ['a name that begins with "!"', '!bang filter=lfs'],
  ['an escaped hash', '\\#hash filter=lfs'],
  ['a macro', '[attr]large filter=lfs -text\n*.bin large'],
  ['a macro that is unset', '[attr]large filter=lfs -text\n*.bin large\na.bin -large'],
  ['a macro and a later attribute', '[attr]large filter=lfs\n*.bin large -filter'],
  ['a macro of a macro', '[attr]huge large\n[attr]large filter=lfs\n*.bin huge'],
  ['a macro after its use', '*.bin large\n[attr]large filter=lfs'],
  ['the built-in macro', '*.bin filter=lfs\na.bin binary'],
  ['multi-byte characters', 'é.* filter=lfs'],
  ['a line that is too long', `*.bin filter=lfs ${'x'.repeat(2100)}`],
  ['the default of a new model', defaultGitAttributes('model')],
];

const SEVERAL: [string, Record<string, string>][] = [
  ['a file in a subfolder', { '': '*.bin filter=lfs', dir: '*.bin -filter' }],
  ['files in two subfolders', { dir: '*.bin -filter', 'dir/sub': '*.bin filter=lfs' }],
  ['a file in a subfolder for another attribute', { '': '*.bin filter=lfs', dir: '*.bin text' }],
  ['a path relative to the folder', { dir: 'sub/*.bin filter=lfs', '': 'sub/*.bin -filter' }],
  ['a macro in a folder', { dir: '[attr]large filter=lfs\n*.bin large' }],
];

/** The `filter` attribute of each path according to git, in the format of `GitAttributes.filter`. */
async function filterByGit(files: Record<string, string>): Promise<Record<string, unknown>> {
  const root = await temporaryFolder();
  const run = (args: string[], input = ''): string =>
    execFileSync('git', args, {
      cwd: root,
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    });
  run(['init', '--quiet']);
  for (const [folder, text] of Object.entries(files)) {
    const file = join(root, folder, '.gitattributes');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const output = run(['check-attr', '-z', '--stdin', 'filter'], PATHS.map((path) => `${path}\0`).join('')).split('\0');
  const states: Record<string, unknown> = { set: true, unset: false, unspecified: undefined };
  return Object.fromEntries(
    PATHS.map((path, n) => [path, output[n * 3 + 2]! in states ? states[output[n * 3 + 2]!] : output[n * 3 + 2]]),
  );
}

describe('attributes are the same as in git', () => {
  beforeAll(() => expect(execFileSync('git', ['--version'], { encoding: 'utf8' })).toContain('git version'));

  it.each([...ONE_FILE.map(([name, text]): [string, Record<string, string>] => [name, { '': text }]), ...SEVERAL])(
    'for %s',
    async (_name, files) => {
      const attributes = new GitAttributes(Object.entries(files).map(([folder, text]) => ({ folder, text })));
      expect(
        Object.fromEntries(PATHS.map((path) => [path, attributes.filter(path, new StepBudget(1_000_000))])),
      ).toEqual(await filterByGit(files));
    },
  );
});
