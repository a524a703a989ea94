import {
  InvalidReconstruction,
  readReconstruction,
  type SourceReconstruction,
} from '../../../../src/fallback/resolver/xet-reconstruction.js';

const XORB = 'a'.repeat(64);
const URL = 'https://store.example/x?signed';
const term = { hash: XORB, unpacked_length: 100, range: { start: 2, end: 4 } };
const place = { range: { start: 0, end: 5 }, url: URL, url_range: { start: 0, end: 999 } };
const V1 = { offset_into_first_range: 10, terms: [term], fetch_info: { [XORB]: [place] } };
const V2 = {
  offset_into_first_range: 10,
  terms: [term],
  xorbs: { [XORB]: [{ url: URL, ranges: [{ chunks: place.range, bytes: place.url_range }] }] },
};

function read(json: unknown, length = 90): SourceReconstruction {
  const steps = readReconstruction(json, length, (url) =>
    url.startsWith('https://store.example/') ? undefined : 'It is private',
  );
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

it.each([
  ['1', V1],
  ['2', V2],
])('a description in version %s is read', (_, json) => {
  const found = { xorb: XORB, chunks: place.range, url: URL, bytes: place.url_range };
  expect(read(json)).toEqual({ offset: 10, terms: [{ xorb: XORB, chunks: term.range, length: 100, place: found }] });
});

it.each<[string, unknown, string]>([
  ['nothing', null, 'has no terms'],
  ['no terms', { ...V1, terms: [] }, 'has no terms'],
  ['a million terms', { ...V1, terms: new Array(1_000_000).fill(term) }, 'has more than 16384 terms'],
  ['an upper-case hash', { ...V1, terms: [{ ...term, hash: 'A'.repeat(64) }] }, 'has an invalid hash'],
  ['a path as the hash', { ...V1, terms: [{ ...term, hash: '../x' }] }, 'has an invalid hash'],
  ['a hash without a place', { ...V1, fetch_info: {} }, 'has an invalid xorb'],
  [
    'a place without the chunks',
    { ...V1, terms: [{ ...term, range: { start: 4, end: 9 } }] },
    'does not have the place',
  ],
  ['an empty range', { ...V1, terms: [{ ...term, range: { start: 4, end: 4 } }] }, 'has an invalid range of chunks'],
  ['a negative range', { ...V1, terms: [{ ...term, range: { start: -1, end: 4 } }] }, 'has an invalid range'],
  [
    'too many chunks',
    { ...V1, terms: [{ ...term, range: { start: 0, end: 9000 } }] },
    'has an invalid range of chunks',
  ],
  ['a fraction as length', { ...V1, terms: [{ ...term, unpacked_length: 1.5 }] }, 'has an invalid length'],
  ['a huge length', { ...V1, terms: [{ ...term, unpacked_length: 2 ** 40 }] }, 'has an invalid length'],
  [
    'a huge xorb',
    { ...V1, fetch_info: { [XORB]: [{ ...place, url_range: { start: 0, end: 2 ** 27 } }] } },
    'has an invalid range of bytes',
  ],
  [
    'a private address',
    { ...V1, fetch_info: { [XORB]: [{ ...place, url: 'http://169.254.169.254/' }] } },
    'has a URL that this hub must not connect to',
  ],
  ['a long URL', { ...V1, fetch_info: { [XORB]: [{ ...place, url: URL + 'x'.repeat(9000) }] } }, 'has an invalid URL'],
  ['an offset after the first term', { ...V1, offset_into_first_range: 100 }, 'does not have all bytes'],
  ['too few bytes', { ...V1, offset_into_first_range: 11 }, 'does not have all bytes'],
])('a description with %s is refused', (_, json, message) => {
  expect(() => read(json)).toThrow(InvalidReconstruction);
  expect(() => read(json)).toThrow(message);
});
