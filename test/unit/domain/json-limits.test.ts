import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isNestedTooDeeply, MAX_JSON_DEPTH } from '../../../src/domain/json-limits.js';

const nested = (depth: number, inside = ''): string =>
  '[{"a":'.repeat(depth / 2) + `"${inside}"` + '}]'.repeat(depth / 2);

it.each([
  ['as many levels as allowed', nested(MAX_JSON_DEPTH), false],
  ['more levels', nested(MAX_JSON_DEPTH + 2), true],
  ['levels that are never closed', '['.repeat(900_000), true],
  ['many values next to each other', `[${'[],{},'.repeat(1000)}1]`, false],
  ['brackets in a string', `"${'['.repeat(1000)}"`, false],
  ['brackets in a string after escapes', `"\\\\\\"${'['.repeat(1000)}"`, false],
  ['brackets after a string that ends in a backslash', `"\\\\"${'['.repeat(1000)}`, true],
  ['a string without its end', `"${'['.repeat(1000)}`, false],
  ['an unfinished escape', '"\\', false],
  ['an empty text', '', false],
])('finds %s', (_, text, expected) => {
  expect([isNestedTooDeeply(text), isNestedTooDeeply(Buffer.from(text))]).toEqual([expected, expected]);
});

it('is never true for JSON of few levels', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), (text) => {
      expect(isNestedTooDeeply(text)).toBe(false);
      expect(isNestedTooDeeply(Buffer.from(text))).toBe(false);
    }),
  );
});
