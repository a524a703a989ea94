import { describe, expect, it } from '@jest/globals';
import { parseNotebook } from '../../../web/src/pages/repository/previews/parse-notebook.js';

const PNG = 'iVBORw0KGgo=';
const codeCell = (...outputs: unknown[]) => ({ cell_type: 'code', source: 'x', execution_count: 1, outputs });
const outputsOf = (...outputs: unknown[]) =>
  parseNotebook(JSON.stringify({ cells: [codeCell(...outputs)] })).cells[0]!.outputs;

describe('parseNotebook', () => {
  it('reads cells, with lists of lines', () => {
    const cells = [{ cell_type: 'markdown', source: ['# A\n', 'b'] }, codeCell(), { cell_type: 'raw', source: 'raw' }];
    const notebook = parseNotebook(JSON.stringify({ cells, metadata: { language_info: { name: 'R' } }, nbformat: 4 }));
    expect(notebook).toEqual({
      language: 'r',
      hidden: 0,
      cells: [
        { kind: 'markdown', source: '# A\nb', execution: undefined, outputs: [] },
        { kind: 'code', source: 'x', execution: 1, outputs: [] },
        { kind: 'raw', source: 'raw', execution: undefined, outputs: [] },
      ],
    });
  });

  it('reads version 3', () => {
    const cells = [
      { cell_type: 'heading', level: 2, source: 'Title' },
      { cell_type: 'code', input: '1', prompt_number: 3, outputs: [{ output_type: 'pyout', png: PNG, text: 'x' }] },
    ];
    expect(parseNotebook(JSON.stringify({ worksheets: [{ cells }] })).cells).toEqual([
      { kind: 'markdown', source: '## Title', execution: undefined, outputs: [] },
      { kind: 'code', source: '1', execution: 3, outputs: [{ kind: 'image', url: `data:image/png;base64,${PNG}` }] },
    ]);
  });

  it.each<[string, unknown, unknown]>([
    ['a stream', { output_type: 'stream', text: ['a\n', '\u001b[31mred\u001b[0m'] }, { kind: 'text', text: 'a\nred' }],
    [
      'an error',
      { output_type: 'error', ename: 'E', evalue: 'bad', traceback: ['\u001b[1mE\u001b[0m: bad'] },
      { kind: 'error', text: 'E: bad' },
    ],
    [
      'an error without a traceback',
      { output_type: 'error', ename: 'E', evalue: 'bad' },
      { kind: 'error', text: 'E: bad' },
    ],
    [
      'HTML before text',
      { output_type: 'display_data', data: { 'text/plain': 'a', 'text/html': '<b>a</b>' } },
      { kind: 'html', text: '<b>a</b>' },
    ],
    [
      'an image before HTML',
      { output_type: 'execute_result', data: { 'text/html': 'a', 'image/png': `${PNG}\n` } },
      { kind: 'image', url: `data:image/png;base64,${PNG}` },
    ],
    [
      'SVG as an image',
      { output_type: 'display_data', data: { 'image/svg+xml': '<svg/>' } },
      { kind: 'image', url: 'data:image/svg+xml,%3Csvg%2F%3E' },
    ],
    ['LaTeX', { output_type: 'display_data', data: { 'text/latex': '$$x$$' } }, { kind: 'markdown', text: '$$x$$' }],
  ])('shows %s', (_, output, expected) => {
    expect(outputsOf(output)).toEqual([expected]);
  });

  it('inserts attachments', () => {
    const cell = {
      cell_type: 'markdown',
      source: '![a](attachment:a.png)',
      attachments: { 'a.png': { 'image/png': PNG } },
    };
    expect(parseNotebook(JSON.stringify({ cells: [cell] })).cells[0]!.source).toBe(
      `![a](data:image/png;base64,${PNG})`,
    );
  });

  it.each([
    { output_type: 'display_data', data: { 'image/png': '" onerror="alert(1)' } },
    { output_type: 'display_data', data: { 'application/javascript': 'alert(1)' } },
    { output_type: 'stream', text: { length: 3 } },
    { output_type: 'display_data', data: null },
    'text',
    null,
  ])('leaves out invalid outputs: %j', (output) => {
    expect(outputsOf(output).filter(({ kind }) => kind !== 'text')).toEqual([]);
  });

  it('limits cells, outputs and texts', () => {
    const cells = Array.from({ length: 600 }, () => codeCell());
    expect(parseNotebook(JSON.stringify({ cells }))).toMatchObject({ hidden: 100 });
    expect(outputsOf(...Array.from({ length: 60 }, () => ({ output_type: 'stream', text: 'a' })))).toHaveLength(50);
    const [long] = outputsOf({ output_type: 'stream', text: 'a'.repeat(200_000) });
    expect(long).toHaveProperty('text.length', 100_001);
  });

  it.each(['{}', '[]', 'null', '{"cells": "x"}'])('refuses other files: %s', (text) => {
    expect(() => parseNotebook(text)).toThrow('The file is not a notebook.');
  });
});
