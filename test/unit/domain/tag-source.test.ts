import { sourceHeaders, tagSource } from '../../../src/domain/tag-source.js';

it('tagSource replaces source fields of the reply', () => {
  const source = { name: 'Hub 1', url: 'https://a.example' };
  expect(tagSource({ id: 'o/r', _source: 'another source' }, source)).toEqual({
    id: 'o/r',
    _source: 'Hub 1',
    _source_url: 'https://a.example',
  });
});

it.each([
  ['Hub 1', 'Hub 1'],
  ['Müller', 'M%C3%BCller'],
  ['枢纽', '%E6%9E%A2%E7%BA%BD'],
  ['a\r\nSet-Cookie: b', 'a Set-Cookie: b'],
])('sourceHeaders encodes the name %j as %j', (name, header) =>
  expect(sourceHeaders({ name, url: 'https://a.example' })).toEqual({
    'x-freshness': 'fresh',
    'x-source': header,
    'x-source-url': 'https://a.example',
  }),
);
