import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectId, type GitEntry } from '../../../../src/repos/store/git-objects.js';
import { unifiedDiff } from '../../../../src/repos/store/unified-diff.js';

interface Version {
  readonly content: string;
  readonly mode?: '100644' | '100755';
}

const numbered = (count: number, changed: readonly number[] = []): string =>
  Array.from({ length: count }, (_, line) => (changed.includes(line) ? `changed ${line}\n` : `line ${line}\n`)).join(
    '',
  );

const CASES: Record<string, readonly [before: Version | undefined, after: Version | undefined, name?: string]> = {
  'a changed line': [{ content: 'a\nb\nc\n' }, { content: 'a\nB\nc\n' }],
  'a file of one line': [{ content: 'a\n' }, { content: 'b\n' }],
  'changes that are far apart': [{ content: numbered(60) }, { content: numbered(60, [3, 30, 58]) }],
  'changes that are close together': [{ content: numbered(60) }, { content: numbered(60, [20, 25, 32]) }],
  'a line at the start, and one at the end': [{ content: numbered(20) }, { content: `first\n${numbered(20)}last\n` }],
  'a new file': [undefined, { content: 'a\nb\n' }],
  'a new empty file': [undefined, { content: '' }],
  'a deleted file': [{ content: 'a\nb\n' }, undefined],
  'a file that becomes empty': [{ content: 'a\n' }, { content: '' }],
  'a missing last line end': [{ content: 'a\nb\n' }, { content: 'a\nb' }],
  'an added last line end': [{ content: 'a\nb' }, { content: 'a\nb\n' }],
  CRLF: [{ content: 'a\r\nb\r\n' }, { content: 'a\nb\r\n' }],
  'a changed mode': [{ content: 'a\n' }, { content: 'a\n', mode: '100755' }],
  'a changed mode and content': [{ content: 'a\n' }, { content: 'b\n', mode: '100755' }],
  'a binary file': [{ content: 'a\0\n' }, { content: 'b\0\n' }],
  'a new binary file': [undefined, { content: '\0' }],
  Unicode: [{ content: 'é\n' }, { content: 'ü\u2028x\n' }, 'é.txt'],
  'a path with a quotation mark': [{ content: 'a\n' }, { content: 'b\n' }, 'a"b.txt'],
};

describe('a unified diff', () => {
  const folder = mkdtempSync(join(tmpdir(), 'diff-'));
  const git = (...args: string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });

  beforeAll(() => {
    git('init', '--quiet');
    for (const setting of ['core.quotePath=false', 'core.abbrev=7', 'user.name=a', 'user.email=a@example.org'])
      git('config', ...(setting.split('=') as [string, string]));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const commit = async (name: string, version: Version | undefined): Promise<void> => {
    const file = join(folder, name);
    if (version) await writeFile(file, version.content);
    else await rm(file, { force: true });
    if (version) await chmod(file, version.mode === '100755' ? 0o755 : 0o644);
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', 'x');
  };
  const entry = (name: string, { content, mode = '100644' }: Version): GitEntry =>
    ({ name, mode, oid: objectId('blob', Buffer.from(content)) }) as GitEntry;

  it.each(Object.entries(CASES))('is that of git: %s', async (_, [before, after, name = 'file.txt']) => {
    await commit(name, before);
    await commit(name, after);
    const file = { path: name, before: before && entry(name, before), after: after && entry(name, after) };
    const contents = { before: Buffer.from(before?.content ?? ''), after: Buffer.from(after?.content ?? '') };
    expect(unifiedDiff(file, contents)).toBe(withoutSections(git('diff', 'HEAD~', 'HEAD', '--', name)));
  });

  it('does not compare the lines of long files', () => {
    const file = { path: 'a', before: entry('a', { content: 'a' }), after: entry('a', { content: 'b' }) };
    expect(unifiedDiff(file, { before: undefined, after: Buffer.from('b') })).toMatch(
      /\nBinary files a\/a and b\/a differ\n$/,
    );
  });
});

/** Git prints the start of a section after the numbers of its lines, which is optional. */
const withoutSections = (diff: string): string => diff.replace(/^(@@ .*? @@).*$/gm, '$1');
