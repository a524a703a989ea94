import { satisfiesIfMatch, matchesIfNoneMatch, quotedEtag } from '../../../../src/platform/http/etag.js';

it.each([
  ['abc', '"abc"'],
  ['"abc"', '"abc"'],
  ['W/"abc"', '"abc"'],
  ['W/abc', '"abc"'],
])('quotedEtag(%j) returns %j', (etag, quoted) => expect(quotedEtag(etag)).toBe(quoted));

it.each([
  ['"a"', '"a"', true],
  ['W/"a"', '"a"', true],
  ['"a"', 'W/"a"', true],
  ['a', '"a"', true],
  ['"b", "a"', '"a"', true],
  ['"b","c"', '"a"', false],
  ['*', '"a"', true],
  [' * ', '"a"', true],
  ['', '"a"', false],
  [undefined, '"a"', false],
  ['"a"', undefined, false],
  ['*', undefined, false],
])('If-None-Match: %j matches %j: %j', (header, etag, expected) =>
  expect(matchesIfNoneMatch(header, etag)).toBe(expected),
);

it.each([
  [undefined, '"a"', true],
  ['*', '"a"', true],
  ['"a"', '"a"', true],
  ['"b", "a"', 'a', true],
  ['"b"', '"a"', false],
  ['W/"a"', '"a"', false],
])('If-Match: %j allows %j: %j', (header, etag, expected) => expect(satisfiesIfMatch(header, etag)).toBe(expected));
