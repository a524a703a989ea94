import type MarkdownIt from 'markdown-it';

type RuleBlock = Parameters<InstanceType<typeof MarkdownIt>['block']['ruler']['before']>[2];

/** Classes of elements whose text is TeX. */
export const MATH_CLASSES = { inline: 'math-inline', block: 'math-block' } as const;

/** Longer texts between delimiters are not formulas. Without limits, the search for the end of many beginnings would take minutes. */
const MAX_LENGTH = 5_000;
const MAX_LINES = 200;

/** Opening and closing delimiters as in cards of the Hub: `$$…$$`, `\\(…\\)`, `\(…\)`, `\\[…\\]` and `\[…\]`. A single `$` is a currency there. */
const DELIMITERS = [
  { open: '$$', close: '$$', kind: 'block' },
  { open: String.raw`\\(`, close: String.raw`\\)`, kind: 'inline' },
  { open: String.raw`\(`, close: String.raw`\)`, kind: 'inline' },
  { open: String.raw`\\[`, close: String.raw`\\]`, kind: 'block' },
  { open: String.raw`\[`, close: String.raw`\]`, kind: 'block' },
] as const;

/** Finds formulas and leaves their text to `renderMath`, so that Markdown does not change it. */
export function math(parser: InstanceType<typeof MarkdownIt>): void {
  parser.block.ruler.before('fence', 'math', blockRule, { alt: ['paragraph', 'blockquote', 'list'] });
  // Before `escape`, which would remove the backslashes.
  parser.inline.ruler.before('escape', 'math', (state, silent) => {
    const delimiter = DELIMITERS.find(({ open }) => state.src.startsWith(open, state.pos));
    if (!delimiter) return false;
    const start = state.pos + delimiter.open.length;
    const length = state.src.slice(start, Math.min(start + MAX_LENGTH, state.posMax)).indexOf(delimiter.close);
    const tex = state.src.slice(start, start + length).trim();
    if (length < 0 || tex === '') return false;
    if (!silent) Object.assign(state.push('math', '', 0), { content: tex, info: delimiter.kind });
    state.pos = start + length + delimiter.close.length;
    return true;
  });
  parser.renderer.rules['math'] = (tokens, index) => {
    const { content, info } = tokens[index]!;
    return `<span class="${MATH_CLASSES[info as 'inline' | 'block']}">${parser.utils.escapeHtml(content)}</span>`;
  };
}

/** A formula whose `$$` are at the beginning of a line and at the end of one. Its lines may look like lists. */
const blockRule: RuleBlock = (state, startLine, endLine, silent) => {
  const textOf = (line: number): string =>
    state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]).trim();
  if (!textOf(startLine).startsWith('$$')) return false;
  const end = Math.min(endLine, startLine + MAX_LINES);
  let last = startLine;
  const closes = (text: string): boolean => text.endsWith('$$') && (last > startLine || text.length > 4);
  while (last < end && !closes(textOf(last))) last += 1;
  if (last === end) return false;
  const lines = Array.from({ length: last - startLine + 1 }, (_, n) => textOf(startLine + n));
  const content = lines.join('\n').slice(2, -2).trim();
  if (content.length > MAX_LENGTH) return false;
  if (silent) return true;
  Object.assign(state.push('math', '', 0), { content, info: 'block', block: true });
  state.line = last + 1;
  return true;
};
