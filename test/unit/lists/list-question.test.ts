import { HubError } from '../../../src/domain/hub-error.js';
import { listOrder, sortValue } from '../../../src/lists/list-order.js';
import { failuresHeader } from '../../../src/lists/list-failures.js';
import { matchesList } from '../../../src/fallback/strategies/kohakuhub/list-match.js';
import { parseNextPage } from '../../../src/lists/list-next-page.js';
import { parseListParameters } from '../../../src/lists/list-parameters.js';
import { resumeAt, placeAfter } from '../../../src/domain/list-walk.js';
import { searchWords } from '../../../src/domain/search-words.js';

const read = (query: string) => parseListParameters('model', [...new URLSearchParams(query)]);

describe('parseListParameters', () => {
  const PLAIN = { type: 'model', search: [], filters: [], sort: 'trendingScore', ascending: false, limit: 100 };

  test.each<[string, object]>([
    ['', { ...PLAIN, shape: { full: false, cardData: false, config: false }, others: [] }],
    ['author=Ann', { author: 'Ann' }],
    ['author=&search=&filter=&sort=&limit=', PLAIN],
    ['search=a&search=b+c', { search: ['a', 'b c'] }],
    ['filter=a,b&filter=b&filter=license:mit', { filters: ['a', 'b', 'license:mit'] }],
    ['pipeline_tag=fill-mask', { pipelineTag: 'fill-mask' }],
    ['sort=last_modified', { sort: 'lastModified' }],
    ['sort=recent', { sort: 'createdAt' }],
    ['sort=updated', { sort: 'lastModified' }],
    ['sort=trending', { sort: 'trendingScore' }],
    ['direction=1', { ascending: true }],
    ['direction=-1', { ascending: false }],
    ['limit=5000', { limit: 1000 }],
    ['limit=500&full=True', { limit: 100, shape: { full: true, cardData: false, config: false } }],
    ['limit=500&full=1&expand=likes', { limit: 500 }],
    ['expand=a,b&expand[]=c', { shape: { full: false, cardData: false, config: false, fields: ['a', 'b', 'c'] } }],
    ['cardData=true&fetch_config=1', { shape: { full: false, cardData: true, config: true } }],
    [
      'gated=true&apps=x&apps=y&token=t&cursor=c&fallback=0',
      {
        others: [
          ['gated', 'true'],
          ['apps', 'x'],
          ['apps', 'y'],
        ],
      },
    ],
  ])('%s', (query, expected) => expect(read(query)).toMatchObject(expected));

  test.each(['sort=best', 'direction=0', 'limit=0', 'limit=1.5', 'author=a/b', 'search=%00', 'filter=hf_12345678'])(
    '%s is refused by its name',
    (query) => {
      const [field] = query.split('=');
      expect(() => read(query)).toThrow(HubError);
      expect(() => read(query)).toThrow(`"${field}"`);
    },
  );
});

test.each([
  ['2024-01-01T00:00:00.000Z', Date.UTC(2024, 0, 1)],
  ['no date', 0],
  [undefined, 0],
  [7, 0],
])('what %s is sorted by', (lastModified, value) => {
  expect(sortValue({ id: 'a', lastModified }, 'lastModified')).toBe(value);
});

test('ascending is the reverse of descending, ids included', () => {
  const entries = ['b', 'A', 'c'].map((id, n) => ({ id, likes: n % 2 }));
  const ids = (ascending: boolean) => [...entries].sort(listOrder({ sort: 'likes', ascending })).map(({ id }) => id);
  expect(ids(false)).toEqual(['A', 'b', 'c']);
  expect(ids(true)).toEqual(['c', 'b', 'A']);
});

test.each<[string, string, string[]]>([
  ['words of an id', 'Bert-base_v1.5', ['bert', 'base', 'v1', '5']],
  ['other scripts', 'Über 日本語', ['über', '日本語']],
  ['what a query language would read', `a'b"c\\d:*|&!<->`, ['a', 'b', 'c', 'd']],
  ['nothing', '-- !', []],
])('searchWords: %s', (_name, text, words) => expect(searchWords([text, text])).toEqual(words));

test.each<[string, boolean]>([
  ['search=ert+ba', true],
  ['search=mit', true],
  ['search=it', false],
  ['author=ANN', true],
  ['author=an', false],
  ['filter=license:mit', true],
  ['filter=license:mit,x', false],
  ['pipeline_tag=fill-mask', true],
  ['pipeline_tag=other', false],
])('matchesList: %s', (query, matches) => {
  const entry = { id: 'Ann/bert-base', tags: ['license:mit', 5], pipeline_tag: 'fill-mask' };
  expect(matchesList(read(query), entry)).toBe(matches);
});

describe('parseNextPage', () => {
  const asked = [
    ['limit', '2'],
    ['sort', 'likes'],
  ] as const;
  const of = (link: string | undefined) => parseNextPage(link, 'https://hub.example/base', asked);
  test.each<[string, string | undefined, unknown]>([
    ['none', undefined, undefined],
    ['what is new', '<https://hub.example/api/models?limit=2&sort=likes&cursor=a%3D>; rel="next"', [['cursor', 'a=']]],
    ['what has changed', '<https://hub.example/api/models?limit=3&sort=likes>; rel="next"', [['limit', '3']]],
    ['a relative one', '</api/models?p=2>; rel="next"', [['p', '2']]],
    ['another host’s', '<https://evil.example/api/models?cursor=a>; rel="next"', undefined],
    ['another port’s', '<https://hub.example:444/api/models?cursor=a>; rel="next"', undefined],
    ['the same again', '<https://hub.example/api/models?limit=2&sort=likes>; rel="next"', undefined],
    ['a credential', '<https://hub.example/api/models?token=x&cursor=hf_123456789>; rel="next"', undefined],
    ['one that is too long', `<https://hub.example/api/models?cursor=${'x'.repeat(2000)}>; rel="next"`, undefined],
  ])('%s', (_name, link, page) => expect(of(link)).toEqual(page));
});

describe('where a source’s page is taken up again', () => {
  const page = (ids: string) => [...ids].map((id) => (id === '-' ? undefined : { id }));
  test.each<[string, string, number, string, number]>([
    ['unchanged', 'abcd', 2, 'abcd', 2],
    ['something new in front', 'abcd', 2, 'xabcd', 3],
    ['something gone', 'abcd', 3, 'bcd', 2],
    ['the last one gone: by its number', 'abcd', 2, 'acd', 2],
    ['shorter now', 'abcd', 4, 'ab', 2],
    ['after one that is none', 'a-cd', 2, 'a-cd', 2],
    ['at its beginning', 'abcd', 0, 'xabcd', 0],
  ])('%s', (_name, before, taken, now, place) => {
    expect(resumeAt(page(now), placeAfter([], page(before), taken))).toBe(place);
  });
});

test('X-Source-Failures stays one line of ASCII whatever sources are called', () => {
  const failures = [
    { name: 'hub', category: 'timeout' as const },
    { name: 'a, b; 100 %\r\nÉ', category: 'server' as const },
  ];
  expect(failuresHeader(failures)).toBe('hub;timeout, a%2C b%3B 100 %25 %C3%89;server');
});
