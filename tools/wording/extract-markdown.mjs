import MarkdownIt from 'markdown-it';
import { maskCode, segmentOf } from './segment.mjs';

/** @typedef {import('./segment.mjs').Segment} Segment */

const parser = new MarkdownIt({ html: true });

/**
 * Paragraphs, headings and table cells of Markdown, without code, addresses and HTML.
 * @returns {Segment[]}
 */
export function extractMarkdown(source) {
  const starts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1), source.length];
  const segments = [];
  let row = [0, 0]; // lines of the innermost block that has them: table cells do not
  let cursor = 0;
  for (const token of parser.parse(source, {})) {
    if (token.map && token.type !== 'table_open') {
      row = token.map;
      cursor = starts[row[0]];
    }
    if (token.type !== 'inline') continue;
    const end = starts[row[1]] ?? source.length;
    const { text, next } = readInline(token.children, source, { start: cursor, end });
    segments.push(segmentOf('markdown', cursor, text));
    cursor = next;
  }
  return segments.filter(Boolean);
}

/** Text of inline tokens at its place in the source; all between is spaces. */
function readInline(tokens, source, { start, end }) {
  let text = '';
  let next = start;
  for (const { type, content, children } of tokens) {
    const visible = type === 'image' ? children.map((child) => child.content).join('') : content;
    const at = visible && type !== 'html_inline' ? source.indexOf(visible, next) : -1;
    if (at < 0 || at + visible.length > end) continue;
    text += source.slice(next, at).replace(/[^\n]/g, ' ');
    text += type === 'code_inline' ? 'x'.repeat(visible.length) : maskCode(visible);
    next = at + visible.length;
  }
  return { text, next };
}
