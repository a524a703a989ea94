import fc from 'fast-check';
import { contentDisposition } from '../../../../src/repos/read/content-disposition.js';

it.each([
  ['a.txt', `inline; filename*=UTF-8''a.txt; filename="a.txt";`],
  ['a b.txt', `inline; filename*=UTF-8''a%20b.txt; filename="a b.txt";`],
  ['é.txt', `inline; filename*=UTF-8''%C3%A9.txt; filename="_.txt";`],
  ['a"b\\c', `inline; filename*=UTF-8''a%22b%5Cc; filename="a_b_c";`],
  ["it's (1)*", `inline; filename*=UTF-8''it%27s%20%281%29%2A; filename="it's (1)*";`],
  ['a\r\nb', `inline; filename*=UTF-8''a%0D%0Ab; filename="a__b";`],
  ['page.html', `attachment; filename*=UTF-8''page.html; filename="page.html";`],
  ['logo.SVG', `attachment; filename*=UTF-8''logo.SVG; filename="logo.SVG";`],
])('contentDisposition(%j)', (name, header) => expect(contentDisposition(name)).toBe(header));

it('download=true returns an attachment', () =>
  expect(contentDisposition('a.txt', [['download', 'true']])).toMatch(/^attachment;/));

it.each([
  ['text/html; charset=utf-8', 'attachment'],
  ['image/svg+xml', 'attachment'],
  ['application/xhtml+xml', 'attachment'],
  ['text/xml', 'attachment'],
  ['text/plain', 'inline'],
  ['image/png', 'inline'],
])('for the content type %s returns %s', (type, disposition) =>
  expect(contentDisposition('page', [], type)).toMatch(new RegExp(`^${disposition};`)),
);

it('returns one line of ASCII from which the name can be decoded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const header = contentDisposition(name);
      expect(header).toMatch(/^[\x20-\x7e]*$/);
      const [, encoded, plain] = /^(?:inline|attachment); filename\*=UTF-8''([^;' ]*); filename="([^"\\]*)";$/.exec(
        header,
      )!;
      expect(decodeURIComponent(encoded!)).toBe(name);
      expect(plain!).toHaveLength(name.length);
    }),
  );
});
