import { unifiedDiff } from '../../../src/repos/store/unified-diff.js';
import { parseDiff } from '../../../web/src/pages/repository/commit/parse-diff.js';
import type { GitEntry } from '../../../src/repos/store/git-objects.js';

const entry = (oid: string): GitEntry => ({ name: 'x', mode: '100644', oid: oid.repeat(40) }) as unknown as GitEntry;
const pointer = (size: number): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${String(size).padStart(64, '0')}\nsize ${size}\n`;
const diffOf = (path: string, before: string | undefined, after: string | undefined): string =>
  unifiedDiff(
    {
      path,
      before: before === undefined ? undefined : entry('a'),
      after: after === undefined ? undefined : entry('b'),
    },
    { before: Buffer.from(before ?? ''), after: Buffer.from(after ?? '') },
  );

describe('a diff that is shown', () => {
  it.each(['a.txt', 'a b/c d.txt', 'a"b.txt', 'b/ b/x', 'é.txt'])('has the path %s', (path) => {
    expect(parseDiff(diffOf(path, 'a\n', 'b\n'))[0]!.path).toBe(path);
  });

  it('has numbered lines', () => {
    const [file] = parseDiff(diffOf('a', 'a\nb\nc\n', 'a\nB\nc\nd'));
    expect(file).toMatchObject({ status: 'changed', isBinary: false, added: 2, deleted: 1, sizes: undefined });
    expect(file!.parts[0]!.lines).toEqual([
      { kind: 'same', text: 'a', before: 1, after: 1 },
      { kind: 'deleted', text: 'b', before: 2 },
      { kind: 'added', text: 'B', after: 2 },
      { kind: 'same', text: 'c', before: 3, after: 3 },
      { kind: 'added', text: 'd', after: 4 },
      { kind: 'note', text: ' No newline at end of file' },
    ]);
  });

  it('has added, deleted and binary files', () => {
    const files = parseDiff(
      diffOf('new', undefined, 'a\n') + diffOf('old', 'diff --git a/x b/x\n', undefined) + diffOf('bin', '\0', '\0a'),
    );
    expect(files.map(({ path, status, isBinary }) => [path, status, isBinary])).toEqual([
      ['new', 'added', false],
      ['old', 'deleted', false],
      ['bin', 'changed', true],
    ]);
  });

  it('has the sizes of large files', () => {
    expect(parseDiff(diffOf('a', pointer(100), pointer(2000)))[0]!.sizes).toEqual({ before: 100, after: 2000 });
    expect(parseDiff(diffOf('a', undefined, pointer(5)))[0]!.sizes).toEqual({ after: 5 });
  });

  it('has the complete lines of a file that is cut off', () => {
    const diff = diffOf('a', 'a\nb\n', 'a\nB\n');
    expect(parseDiff(diff.slice(0, -3))[0]!.deleted).toBe(1);
  });
});
