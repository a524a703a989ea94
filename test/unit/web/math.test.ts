import { describe, expect, it } from '@jest/globals';
import MarkdownIt from 'markdown-it';
import { gallery } from '../../../web/src/components/markdown/gallery.js';
import { math } from '../../../web/src/components/markdown/math.js';

const render = (source: string): string => new MarkdownIt({ html: true }).use(math).use(gallery).render(source).trim();
const inline = (tex: string): string => `<span class="math-inline">${tex}</span>`;
const block = (tex: string): string => `<span class="math-block">${tex}</span>`;

describe('formulas in Markdown', () => {
  it.each([
    [String.raw`\\(a_1 * b_1\\)`, `<p>${inline('a_1 * b_1')}</p>`],
    [String.raw`\(a_1\)`, `<p>${inline('a_1')}</p>`],
    [String.raw`\\(a < b\\)`, `<p>${inline('a &lt; b')}</p>`],
    ['$$x$$', block('x')],
    ['$$\n- a\n- b\n$$', block('- a\n- b')],
    ['from $5 to $6', '<p>from $5 to $6</p>'],
    ['`$$x$$`', '<p><code>$$x$$</code></p>'],
  ])('%s', (source, html) => expect(render(source)).toBe(html));

  it('leaves longer texts as they are', () => {
    const text = `$$${'x'.repeat(6_000)}$$`;
    expect(render(text.replace('x', 'x x'))).toBe(`<p>${text.replace('x', 'x x')}</p>`);
  });

  it.each([
    ['$$a\n', 50_000], // each line ends the formula of the one before
    [String.raw`\\(a `, 0],
  ])('finds the formulas of a text that begins 100,000 of them: %j', (part, count) => {
    expect(render(part.repeat(100_000)).split('math-').length - 1).toBe(count);
  });
});

describe('galleries in Markdown', () => {
  it.each([
    ['<Gallery />', '<div class="markdown-gallery"></div>'],
    ['see <Gallery></Gallery> here', '<p>see <div class="markdown-gallery"></div> here</p>'],
    ['`<Gallery />`', '<p><code>&lt;Gallery /&gt;</code></p>'],
  ])('%s', (source, html) => expect(render(source)).toBe(html));
});
