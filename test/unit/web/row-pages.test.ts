import { expect, it } from '@jest/globals';
import { SplitRows } from '../../../web/src/pages/repository/rows/split-rows.js';
import { openText } from '../../../web/src/pages/repository/rows/text-file.js';

const linesOf = (from: number, count: number): string =>
  Array.from({ length: count }, (_, n) => JSON.stringify({ n: from + n })).join('\n');
const FILES: Record<string, string> = { 'a.jsonl': linesOf(0, 150), 'b.jsonl': '', 'c.jsonl': linesOf(150, 20) };

const split = (opened: string[] = []): SplitRows => {
  const paths = Object.keys(FILES);
  return new SplitRows(paths, (index) => {
    const path = paths[index]!;
    opened.push(path);
    return Promise.resolve(openText(path, FILES[path]!, false));
  });
};

it('a page has rows of one file, and the last one knows their number', async () => {
  const opened: string[] = [];
  const rows = split(opened);
  const first = await rows.page(0);
  expect([first.first, first.rows.length, first.hasNext, first.total]).toEqual([0, 100, true, undefined]);
  expect(opened).toEqual(['a.jsonl']);
  const second = await rows.page(1);
  expect([second.first, second.rows.length, second.rows[0]]).toEqual([100, 50, [100]]);
  const third = await rows.page(2);
  expect([third.first, third.rows.length, third.hasNext, third.total]).toEqual([150, 20, false, 170]);
  expect(opened).toEqual(['a.jsonl', 'b.jsonl', 'c.jsonl']);
});

it('refuses a page behind the last one', async () => {
  await expect(split().page(3)).rejects.toThrow('There are only 3 pages.');
});

it.each([
  ['a.csv', 'x,y\n1,"two\nlines"\n', false, [['1', 'two\nlines']]],
  ['a.tsv', 'x\ty\n1\t2\n3\t', true, [['1', '2']]],
  [
    'a.jsonl',
    '{"x": 1}\n\n{"y": [2]}\n{"x',
    true,
    [
      [1, undefined],
      [undefined, [2]],
    ],
  ],
  ['a.json', '[{"x": 1, "y": null}]', false, [[1, null]]],
  ['a.json', '{"version": 1, "data": [{"x": 1}]}', false, [[1]]],
  ['a.json', '{"x": 1}\n{"x": 2}\n', false, [[1], [2]]],
  ['a.jsonl', '{"__proto__": 1, "constructor": 2}', false, [[1, 2]]],
])('reads rows of %s: %j', async (path, text, truncated, rows) => {
  const file = openText(path, text, truncated);
  expect((await file.read(0, file.count)).rows).toEqual(rows);
});

it.each([
  ['a.jsonl', '{"x": 1}\n{x}', 'Line 2 is not valid JSON'],
  ['a.json', '{"a": [], "b": []}', 'The file is not a list of rows.'],
])('reports what is invalid in %s: %j', (path, text, message) => {
  expect(() => openText(path, text, false)).toThrow(message);
});
