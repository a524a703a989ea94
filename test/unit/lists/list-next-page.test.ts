import { parseNextPage } from '../../../src/lists/list-next-page.js';

describe('parseNextPage', () => {
  const query = [
    ['limit', '2'],
    ['sort', 'likes'],
  ] as const;
  const parse = (link: string | undefined) => parseNextPage(link, 'https://hub.example/base', query);
  test.each<[string, string | undefined, unknown]>([
    ['nothing without a link', undefined, undefined],
    [
      'new parameters',
      '<https://hub.example/api/models?limit=2&sort=likes&cursor=a%3D>; rel="next"',
      [['cursor', 'a=']],
    ],
    ['changed parameters', '<https://hub.example/api/models?limit=3&sort=likes>; rel="next"', [['limit', '3']]],
    ['the parameters of a relative link', '</api/models?p=2>; rel="next"', [['p', '2']]],
    ['nothing for another host', '<https://evil.example/api/models?cursor=a>; rel="next"', undefined],
    ['nothing for another port', '<https://hub.example:444/api/models?cursor=a>; rel="next"', undefined],
    ['nothing for the current page', '<https://hub.example/api/models?limit=2&sort=likes>; rel="next"', undefined],
    ['nothing for credentials', '<https://hub.example/api/models?token=x&cursor=hf_123456789>; rel="next"', undefined],
    [
      'nothing for a link above the maximum length',
      `<https://hub.example/api/models?cursor=${'x'.repeat(2000)}>; rel="next"`,
      undefined,
    ],
  ])('returns %s', (_name, link, page) => expect(parse(link)).toEqual(page));
});
