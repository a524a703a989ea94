import { nextLink, rewriteNextLink } from '../../../src/domain/rewrite-link.js';

const SOURCE = 'https://source.example/base/api/models/ns/name/tree/main';
const here = { base: 'http://hub.example:8080', path: '/api/models/ns/name/tree/main' };

it.each([
  ['absolute', `<${SOURCE}?cursor=abc%3D%3D&limit=50>; rel="next"`, '?cursor=abc%3D%3D&limit=50'],
  ['relative', '</base/api/models/ns/name/tree/main?cursor=x>; rel="next"', '?cursor=x'],
  ['only a query', '<?cursor=x>; rel="next"', '?cursor=x'],
  ['unquoted', `<${SOURCE}?cursor=x>;rel=next`, '?cursor=x'],
  ['another parameter first', `<${SOURCE}?cursor=x>; title=a; rel="next"`, '?cursor=x'],
  ['second of two', `<${SOURCE}?cursor=0>; rel="prev", <${SOURCE}?cursor=2>; rel="next"`, '?cursor=2'],
  ['our own parameter in it', `<${SOURCE}?fallback=false&cursor=x>; rel="next"`, '?cursor=x'],
  ['a comma in it', `<${SOURCE}?expand=a,b&cursor=x>; rel="next"`, '?expand=a%2Cb&cursor=x'],
])('the next page, %s, is on our own base', (_, link, query) => {
  expect(rewriteNextLink(link, SOURCE, here)).toBe(`<${here.base}${here.path}${query}>; rel="next"`);
});

it.each([
  ['no header', undefined],
  ['an empty one', ''],
  ['another relation', `<${SOURCE}?cursor=x>; rel="prev"`],
  ['a relation that only begins so', `<${SOURCE}?cursor=x>; rel="next-archive"`],
  [
    'Xet hints',
    `<${SOURCE}/xet-read-token/abc>; rel="xet-auth", <https://cas.example/x>; rel="xet-reconstruction-info"`,
  ],
  ['another host', '<https://evil.example/api?cursor=x>; rel="next"'],
  ['another port', '<https://source.example:444/api?cursor=x>; rel="next"'],
  ['another scheme', '<http://source.example/api?cursor=x>; rel="next"'],
  ['a host without scheme', '<//evil.example/api?cursor=x>; rel="next"'],
  ['no URL', '<http://[>; rel="next"'],
])('no next page: %s', (_, link) => expect(rewriteNextLink(link, SOURCE, here)).toBeUndefined());

it('writes the relation as clients read it', () => expect(nextLink('http://h/a?b')).toBe('<http://h/a?b>; rel="next"'));
