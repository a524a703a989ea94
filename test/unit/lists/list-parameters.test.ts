import { HubError } from '../../../src/domain/hub-error.js';
import { parseListParameters } from '../../../src/lists/list-parameters.js';

const read = (query: string) => parseListParameters('model', [...new URLSearchParams(query)]);

describe('parseListParameters', () => {
  const PLAIN = { type: 'model', search: [], filters: [], sort: 'trendingScore', ascending: false, limit: 100 };

  const queries: [query: string, parameters: object][] = [
    ['', { ...PLAIN, shape: { full: false, cardData: false, config: false }, others: [] }],
    ['author=Ann', { author: 'Ann' }],
    ['author=&search=&filter=&sort=&limit=', PLAIN],
    ['search=a&search=b+c', { search: ['a', 'b c'] }],
    ['filter=a,b&filter=b&filter=license:mit', { filters: ['a', 'b', 'license:mit'] }],
    ['pipeline_tag=fill-mask', { pipelineTag: 'fill-mask' }],
    ['sort=last_modified', { sort: 'lastModified' }],
    ['sort=id', { sort: 'id' }],
    ['sort=likes30d', { sort: 'likes30d' }],
    ['sort=num_parameters', { sort: 'num_parameters' }],
    ['num_parameters=min:6B,max:1.5T', { parameters: { min: 6e9, max: 1.5e12 } }],
    ['num_parameters=max:128m', { parameters: { max: 128e6 } }],
    ['num_parameters=min:500', { parameters: { min: 500 } }],
    ['gated=True', { gated: true }],
    ['gated=0', { gated: false }],
    ['gated=manual', { gated: 'manual' }],
    ['sort=recent', { sort: 'createdAt' }],
    ['sort=updated', { sort: 'lastModified' }],
    ['sort=trending', { sort: 'trendingScore' }],
    ['direction=1', { ascending: true }],
    ['direction=-1', { ascending: false }],
    ['limit=5000', { limit: 1000 }],
    ['limit=500&full=True', { limit: 100, shape: { full: true, cardData: false, config: false } }],
    ['limit=500&full=1&expand=likes', { limit: 500 }],
    [
      'expand=sha,tags&expand[]=likes',
      { shape: { full: false, cardData: false, config: false, fields: ['sha', 'tags', 'likes'] } },
    ],
    ['cardData=true&fetch_config=1', { shape: { full: false, cardData: true, config: true } }],
    [
      'gated=true&apps=x&apps=y&cursor=c&fallback=0',
      {
        gated: true,
        hubOnly: true,
        others: [
          ['gated', 'true'],
          ['apps', 'x'],
          ['apps', 'y'],
        ],
      },
    ],
  ];

  test('parses the parameters of lists', () => {
    expect(queries.map(([query]) => [query, read(query)])).toEqual(
      queries.map(([query, parameters]) => [query, expect.objectContaining(parameters)]),
    );
  });

  test.each([
    'sort=best',
    'direction=0',
    'limit=0',
    'limit=1.5',
    'limit=abc',
    'limit=-1',
    'limit=1&limit=2',
    'sort=likes&sort=downloads',
    'author=a&author=b',
    'full=maybe',
    'cardData=x',
    'fetch_config=2',
    'num_parameters=foo',
    'num_parameters=min:x',
    'num_parameters=max:1B,min:2B',
    'sort=datasetsServerInfo.numRows',
    `search=${'x'.repeat(501)}`,
    `cursor=a&cursor=b`,
    'author=a/b',
    'search=%00',
    'filter=hf_12345678',
    'expand=a',
    'unknown=1',
    'linked=1',
    'gated=x',
    'apps=hf_12345678',
  ])('rejects %s with the name of the parameter', (query) => {
    const [field] = query.split('=');
    expect(() => read(query)).toThrow(HubError);
    expect(() => read(query)).toThrow(`"${field}"`);
  });
});
