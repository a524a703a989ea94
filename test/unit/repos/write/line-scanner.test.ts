import { describe, expect, it } from '@jest/globals';
import { LineScanner } from '../../../../src/repos/write/line-scanner.js';

const LIMITS = { longString: 20, line: 60 };

/** Lines as they come out, and before each its long string, if any. */
function scan(text: string, step: number, limits = LIMITS): string[] {
  const scanner = new LineScanner(limits);
  const bytes = Buffer.from(text);
  const said: string[] = [];
  let long = '';
  const note = ({ kind, line, bytes: piece }: { kind: string; line: number; bytes: Buffer }): void => {
    if (kind === 'long') long += piece.toString('latin1');
    else {
      said.push(
        ...(long === '' ? [] : [`long ${Buffer.from(long, 'latin1').toString()}`]),
        `${line} ${piece.toString()}`,
      );
      long = '';
    }
  };
  for (let at = 0; at < bytes.length; at += step)
    for (const piece of scanner.push(bytes.subarray(at, at + step))) note(piece);
  for (const piece of scanner.end()) note(piece);
  return said;
}

const LONG = 'é"\\'.repeat(9);
const WRITTEN = JSON.stringify(LONG);

describe.each([1, 2, 3, 7, 1000])('lines that come in pieces of %d bytes', (step) => {
  it.each<[string, string, string[]]>([
    ['one after another', '{"a":1}\n{"b":2}\n', ['1 {"a":1}', '2 {"b":2}']],
    ['without an end', '{"a":1}\n{"b":2}', ['1 {"a":1}', '2 {"b":2}']],
    ['none', '', []],
    ['with empty ones between, which count', '\n{"a":1}\n\n{"b":2}\n\n', ['2 {"a":1}', '4 {"b":2}']],
    ['with strings that look like more', '{"a":"\\"}{\\\\"}\n', ['1 {"a":"\\"}{\\\\"}']],
    ['with a string of just the limit', `{"a":"${'x'.repeat(18)}"}\n`, [`1 {"a":"${'x'.repeat(18)}"}`]],
    [
      'with a long string at the front',
      `{"c":${WRITTEN},"d":"x"}\n{"b":2}`,
      [`long ${WRITTEN.slice(1, -1)}`, '1 {"c":[],"d":"x"}', '2 {"b":2}'],
    ],
    [
      'with a long string at the end',
      `{"d":"x","c":${WRITTEN}}`,
      [`long ${WRITTEN.slice(1, -1)}`, '1 {"d":"x","c":[]}'],
    ],
    ['broken off in a long string', `{"c":"${'x'.repeat(30)}\n{}`, [`long ${'x'.repeat(30)}`, '1 {"c":[]', '2 {}']],
  ])('are %s', (_case, text, lines) => {
    expect(scan(text, step)).toEqual(lines);
  });

  it.each([
    ['without a string', '{'.repeat(61), 'Line 1 is longer than 60 bytes'],
    ['of many strings', `\n${'"xx",'.repeat(20)}`, 'Line 2 is longer than 60 bytes'],
    ['with two long strings', `[${WRITTEN},${WRITTEN}]`, 'Line 1 has two long strings'],
  ])('that are too much are refused: one %s', (_case, text, message) => {
    expect(() => scan(text, step)).toThrow(expect.objectContaining({ code: 'BadRequest', message }));
  });
});
