import fc from 'fast-check';
import { encodeForm, encodePath, encodeQuery, segmentError } from '../../../src/domain/encode-path.js';

describe('segmentError', () => {
  it.each([
    ['', 'is empty'],
    ['.', 'is "."'],
    ['..', 'is ".."'],
    ['a/../b', 'is ".."'],
    ['a/./b', 'is "."'],
    ['/a', 'is empty'],
    ['a/', 'is empty'],
    ['a//b', 'is empty'],
    ['a\0', 'contains a NUL character'],
    ['a\\b', 'contains a backslash'],
    ['..\\a', 'contains a backslash'],
    ['a\ud800', 'is not well-formed Unicode'],
  ])('reports that %j %s', (segment, problem) => expect(segmentError(segment)).toBe(problem));

  it.each(['a', '...', '..a', 'a..', '%2e%2e', 'refs/pr/1', ' ', 'é', '😀', '?', '#', 'a\nb'])(
    'accepts %j',
    (segment) => expect(segmentError(segment)).toBeUndefined(),
  );
});

it('encodePath encodes each segment once', () => {
  expect(encodePath(['a b', '#?%+', 'refs/pr/1', 'a%20b', 'é'])).toBe(
    '/a%20b/%23%3F%25%2B/refs%2Fpr%2F1/a%2520b/%C3%A9',
  );
  expect(encodePath([])).toBe('');
});

it('encodeQuery and encodeForm keep order and repetitions', () => {
  expect(encodeQuery([])).toBe('');
  expect(
    encodeQuery([
      ['expand', 'a b'],
      ['expand', '&=#'],
      ['limit', '1'],
    ]),
  ).toBe('?expand=a%20b&expand=%26%3D%23&limit=1');
  expect(encodeForm([['paths', 'a+b/é']])).toBe('paths=a%2Bb%2F%C3%A9');
});

describe('for any input', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.stringMatching(/^[./\\%2eEfF5cC\0a]{0,8}$/));

  it.each(['https://hub.example', 'https://hub.example/prefix', 'http://127.0.0.1:9/a/b'])(
    'a valid path stays below %s with equal segments',
    (base) => {
      fc.assert(
        fc.property(fc.array(anything, { minLength: 1, maxLength: 5 }), (candidates) => {
          const segments = candidates.filter((segment) => !segmentError(segment));
          const url = new URL(`${base}${encodePath(segments)}?q`);
          expect(url.origin).toBe(new URL(base).origin);
          const before = new URL(base).pathname.replace(/\/$/, '');
          expect(url.pathname.startsWith(before)).toBe(true);
          expect(url.pathname.slice(before.length).split('/').slice(1).map(decodeURIComponent)).toEqual(
            segments.length > 0 || before !== '' ? segments : [''],
          );
          expect(url.hash).toBe('');
        }),
        { numRuns: 200 },
      );
    },
  );

  it('URLSearchParams decodes an encoded query', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))), (pairs) => {
        expect([...new URLSearchParams(encodeQuery(pairs))]).toEqual(pairs);
        expect([...new URLSearchParams(encodeForm(pairs))]).toEqual(pairs);
      }),
    );
  });
});
