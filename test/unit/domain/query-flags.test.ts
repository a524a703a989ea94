import { expect, it } from '@jest/globals';
import { contentTypeOf } from '../../../src/repos/store/content-type.js';
import { expandFields, flag, integerParameter } from '../../../src/domain/query-flags.js';

it.each([
  ['true', true],
  ['True', true],
  ['1', true],
  ['false', false],
  ['', false],
  ['yes', false],
])('flag(%j) is %s', (value, expected) => {
  expect(flag([['recursive', value]], 'recursive')).toBe(expected);
  expect(flag([], 'recursive')).toBe(false);
});

it.each([
  ['5', 5],
  ['0', 0],
  ['5000', 1000],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
  ['99999999999999999999', undefined],
])('wholeNumber(%j) is %s', (value, number) => {
  expect(integerParameter([['limit', value]], 'limit', 1000)).toBe(number);
});

it('wholeNumber reads the last of several values', () => {
  expect(
    integerParameter(
      [
        ['p', '1'],
        ['p', '2'],
      ],
      'p',
      9,
    ),
  ).toBe(2);
});

it.each([
  [[], undefined],
  [[['expand', '']], undefined],
  [[['expand', 'a']], ['a']],
  [
    [
      ['expand', 'a'],
      ['expand[]', 'b,c'],
    ],
    ['a', 'b', 'c'],
  ],
] as [[string, string][], string[] | undefined][])('expandFields(%j) returns %j', (query, fields) => {
  expect(expandFields(query)).toEqual(fields && new Set(fields));
});

it.each([
  ['config.json', 'application/json'],
  ['README.MD', 'text/plain; charset=utf-8'],
  ['page.html', 'text/plain; charset=utf-8'],
  ['logo.svg', 'image/svg+xml'],
  ['photo.png', 'image/png'],
  ['model.safetensors', 'application/octet-stream'],
  ['LICENSE', 'application/octet-stream'],
  ['constructor', 'application/octet-stream'],
])('%s is %s', (name, type) => {
  expect(contentTypeOf(name)).toBe(type);
});
