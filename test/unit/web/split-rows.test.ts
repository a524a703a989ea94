import { describe, expect, it } from '@jest/globals';
import { parseDiff } from '../../../web/src/pages/repository/commit/parse-diff.js';
import { splitRows } from '../../../web/src/pages/repository/commit/split-rows.js';

const rowsOf = (lines: readonly string[]): (string | undefined)[][] => {
  const [file] = parseDiff(['diff --git a/f b/f', '--- a/f', '+++ b/f', '@@ -1,9 +1,9 @@', ...lines].join('\n'));
  return splitRows(file!.parts[0]!.lines).map(({ before, after }) => [before?.text, after?.text]);
};

describe('splitRows', () => {
  it.each<[string, string[], (string | undefined)[][]]>([
    ['unchanged lines on both sides', [' a'], [['a', 'a']]],
    ['a changed line next to the new one', ['-a', '+b'], [['a', 'b']]],
    [
      'more deleted lines than added ones',
      ['-a', '-b', '+c'],
      [
        ['a', 'c'],
        ['b', undefined],
      ],
    ],
    [
      'added lines only',
      [' a', '+b', ' c'],
      [
        ['a', 'a'],
        [undefined, 'b'],
        ['c', 'c'],
      ],
    ],
    [
      'two changes in a row',
      ['-a', '+b', '-c', '+d'],
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['no note about the end of the file', ['-a', '\\ No newline at end of file', '+b'], [['a', 'b']]],
  ])('shows %s', (_, lines, expected) => expect(rowsOf(lines)).toEqual(expected));
});
