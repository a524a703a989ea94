import { frontMatter } from '../../../../src/repos/card/front-matter.js';

describe('frontMatter', () => {
  it.each([
    ['with line feeds', '---\nlicense: mit\n---\n# Hello', 'license: mit\n', 2],
    ['with Windows line ends', '---\r\nlicense: mit\r\n---\r\nHello', 'license: mit\r\n', 2],
    ['after a byte order mark', '\uFEFF---\na: 1\n---', 'a: 1\n', 2],
    ['after empty lines', '\n\n---\na: 1\n---\n', 'a: 1\n', 4],
    ['without content', '---\n---\ntext', '', 2],
    ['with dashes in values', '---\na: x --- y\n# --- z\n---\n', 'a: x --- y\n# --- z\n', 2],
    ['up to the first line of dashes', '---\na: 1\n---\nb: 2\n---\n', 'a: 1\n', 2],
  ])('finds front matter %s', (_case, card, yaml, firstLine) => {
    expect(frontMatter(card)).toMatchObject({ yaml, firstLine });
  });

  it.each([
    ['---\na: 1\n---\n# Hello', '\n# Hello'],
    ['---\r\na: 1\r\n---\r\nHello', '\nHello'],
    ['---\na: 1\n---', ''],
  ])('in %j ends before %j', (card, text) => expect(card.slice(frontMatter(card)!.end)).toBe(text));

  it.each([
    ['no metadata', '# Hello'],
    ['no content', ''],
    ['a thematic break', '---\nHello\n'],
    ['metadata after its first line', 'Hello\n---\na: 1\n---\n'],
    ['four dashes', '----\na: 1\n----\n'],
  ])('finds none in a card with %s', (_case, card) => {
    expect(frontMatter(card)).toBeUndefined();
  });
});
