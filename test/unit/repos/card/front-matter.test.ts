import { frontMatter } from '../../../../src/repos/card/front-matter.js';

describe('the front matter of a card', () => {
  it.each([
    ['plain', '---\nlicense: mit\n---\n# Hello', 'license: mit\n', 2],
    ['of Windows', '---\r\nlicense: mit\r\n---\r\nHello', 'license: mit\r\n', 2],
    ['after a byte order mark', '\uFEFF---\na: 1\n---', 'a: 1\n', 2],
    ['after empty lines', '\n\n---\na: 1\n---\n', 'a: 1\n', 4],
    ['that is empty', '---\n---\ntext', '', 2],
    ['whose text has dashes in it', '---\na: x --- y\n# --- z\n---\n', 'a: x --- y\n# --- z\n', 2],
    ['that ends at the first line of dashes', '---\na: 1\n---\nb: 2\n---\n', 'a: 1\n', 2],
  ])('%s', (_case, card, yaml, firstLine) => {
    expect(frontMatter(card)).toMatchObject({ yaml, firstLine });
  });

  it.each([
    ['---\na: 1\n---\n# Hello', '\n# Hello'],
    ['---\r\na: 1\r\n---\r\nHello', '\nHello'],
    ['---\na: 1\n---', ''],
  ])('%j is followed by %j', (card, text) => expect(card.slice(frontMatter(card)!.end)).toBe(text));

  it.each([
    ['no metadata', '# Hello'],
    ['nothing', ''],
    ['a rule across the page', '---\nHello\n'],
    ['metadata that is not at its head', 'Hello\n---\na: 1\n---\n'],
    ['four dashes', '----\na: 1\n----\n'],
  ])('is missing in a card with %s', (_case, card) => {
    expect(frontMatter(card)).toBeUndefined();
  });
});
