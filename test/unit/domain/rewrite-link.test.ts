import { nextLink, rewriteNextLink } from '../../../src/domain/rewrite-link.js';

const SOURCE = 'https://source.example/base/api/models/ns/name/tree/main';
const own = 'http://hub.example:8080/api/models/ns/name/tree/main';

it.each([
  ['absolute', `<${SOURCE}?cursor=abc%3D%3D&limit=50>; rel="next"`, '?cursor=abc%3D%3D&limit=50'],
  ['relative', '</base/api/models/ns/name/tree/main?cursor=x>; rel="next"', '?cursor=x'],
  ['query only', '<?cursor=x>; rel="next"', '?cursor=x'],
  ['unquoted', `<${SOURCE}?cursor=x>;rel=next`, '?cursor=x'],
  ['after another parameter', `<${SOURCE}?cursor=x>; title=a; rel="next"`, '?cursor=x'],
  ['second of two', `<${SOURCE}?cursor=0>; rel="prev", <${SOURCE}?cursor=2>; rel="next"`, '?cursor=2'],
  ['with a parameter of this hub', `<${SOURCE}?fallback=false&cursor=x>; rel="next"`, '?cursor=x'],
  ['with two relations', `<${SOURCE}?cursor=x>; rel="prefetch Next"`, '?cursor=x'],
  ['after a quoted comma', `<${SOURCE}?a=b>; title="a, <b>"; rel=prev, <${SOURCE}?cursor=x>; rel=next`, '?cursor=x'],
  ['with a comma', `<${SOURCE}?expand=a,b&cursor=x>; rel="next"`, '?expand=a%2Cb&cursor=x'],
])('rewrites a next link to this hub: %s', (_, link, query) => {
  expect(rewriteNextLink(link, SOURCE, own)).toBe(`<${own}${query}>; rel="next"`);
});

it.each([
  ['no header', undefined],
  ['an empty header', ''],
  ['another relation', `<${SOURCE}?cursor=x>; rel="prev"`],
  ['a relation with the prefix next', `<${SOURCE}?cursor=x>; rel="next-archive"`],
  [
    'Xet hints',
    `<${SOURCE}/xet-read-token/abc>; rel="xet-auth", <https://cas.example/x>; rel="xet-reconstruction-info"`,
  ],
  ['another host', '<https://evil.example/api?cursor=x>; rel="next"'],
  ['another port', '<https://source.example:444/api?cursor=x>; rel="next"'],
  ['another scheme', '<http://source.example/api?cursor=x>; rel="next"'],
  ['a host without scheme', '<//evil.example/api?cursor=x>; rel="next"'],
  ['an invalid URL', '<http://[>; rel="next"'],
])('returns undefined for %s', (_, link) => expect(rewriteNextLink(link, SOURCE, own)).toBeUndefined());

it('nextLink quotes the relation', () => expect(nextLink('http://h/a?b')).toBe('<http://h/a?b>; rel="next"'));
