import { describe, expect, it, jest } from '@jest/globals';
import { LineScanner } from '../../../../src/repos/write/line-scanner.js';

const LIMITS = { longString: 20, line: 60, lines: 5 };

/** The scanned lines with their numbers, each after its long string if it has one. */
function scan(text: string, step: number, limits = LIMITS): string[] {
  const scanner = new LineScanner(limits);
  const bytes = Buffer.from(text);
  const scanned: string[] = [];
  let long = '';
  const collect = ({ kind, line, bytes: piece }: { kind: string; line: number; bytes: Buffer }): void => {
    if (kind === 'long') long += piece.toString('latin1');
    else {
      scanned.push(
        ...(long === '' ? [] : [`long ${Buffer.from(long, 'latin1').toString()}`]),
        `${line} ${piece.toString()}`,
      );
      long = '';
    }
  };
  for (let at = 0; at < bytes.length; at += step)
    for (const piece of scanner.push(bytes.subarray(at, at + step))) collect(piece);
  for (const piece of scanner.end()) collect(piece);
  return scanned;
}

const LONG = 'é"\\'.repeat(9);
const WRITTEN = JSON.stringify(LONG);

const STEPS = [1, 2, 3, 7, 1000];

describe('LineScanner, for input in pieces of any length,', () => {
  it.each<[string, string, string[]]>([
    ['lines', '{"a":1}\n{"b":2}\n', ['1 {"a":1}', '2 {"b":2}']],
    ['a last line without a line feed', '{"a":1}\n{"b":2}', ['1 {"a":1}', '2 {"b":2}']],
    ['empty input', '', []],
    ['empty lines, which are counted', '\n{"a":1}\n\n{"b":2}\n\n', ['2 {"a":1}', '4 {"b":2}']],
    ['strings with escaped quotes and braces', '{"a":"\\"}{\\\\"}\n', ['1 {"a":"\\"}{\\\\"}']],
    ['a string of the maximum length', `{"a":"${'x'.repeat(18)}"}\n`, [`1 {"a":"${'x'.repeat(18)}"}`]],
    [
      'a long string at the beginning',
      `{"c":${WRITTEN},"d":"x"}\n{"b":2}`,
      [`long ${WRITTEN.slice(1, -1)}`, '1 {"c":[],"d":"x"}', '2 {"b":2}'],
    ],
    ['a long string at the end', `{"d":"x","c":${WRITTEN}}`, [`long ${WRITTEN.slice(1, -1)}`, '1 {"d":"x","c":[]}']],
    [
      'a line that ends in a long string',
      `{"c":"${'x'.repeat(30)}\n{}`,
      [`long ${'x'.repeat(30)}`, '1 {"c":[]', '2 {}'],
    ],
  ])('reads %s', (_case, text, lines) => {
    expect(STEPS.map((step) => [step, scan(text, step)])).toEqual(STEPS.map((step) => [step, lines]));
  });

  it.each([
    ['strings', '"",'],
    ['unfinished strings', '"a'],
  ])('reads a large chunk with %s once', (_case, text) => {
    const chunk = Buffer.alloc(256 * 1024, text);
    const searched = jest.spyOn(Buffer.prototype, 'indexOf');
    const limits = { longString: 2e6, line: 2e6, lines: 2e6 };
    let bytes = 0;
    for (const _ of new LineScanner(limits).push(chunk)) bytes += 1;
    for (const [n, { value }] of searched.mock.results.entries()) {
      const { length } = searched.mock.contexts[n] as Buffer;
      const from = Number(searched.mock.calls[n]![1] ?? 0);
      bytes += (value < 0 ? length : (value as number) + 1) - from;
    }
    searched.mockRestore();
    expect(bytes).toBeLessThan(8 * chunk.length);
  });

  it.each([
    ['without strings', '{'.repeat(61), 'Line 1 is longer than 60 bytes'],
    ['with many strings', `\n${'"xx",'.repeat(20)}`, 'Line 2 is longer than 60 bytes'],
    ['with two long strings', `[${WRITTEN},${WRITTEN}]`, 'Line 1 has two long strings'],
  ])('rejects a long line %s', (_case, text, message) => {
    for (const step of STEPS)
      expect(() => scan(text, step)).toThrow(expect.objectContaining({ code: 'BadRequest', message }));
  });

  it.each([
    ['lines', '{}\n'.repeat(6)],
    ['lines, the last without a line feed', `${'{}\n'.repeat(5)}{}`],
    ['empty lines', '\n'.repeat(6)],
  ])('refuses too many %s', (_, text) => {
    for (const step of STEPS) expect(() => scan(text, step)).toThrow('more than the limit of 5 lines');
  });

  it('accepts the maximum number of lines', () => {
    expect(scan('{}\n'.repeat(5), 1)).toHaveLength(5);
  });
});
