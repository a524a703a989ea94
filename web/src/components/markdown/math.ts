import type MarkdownIt from 'markdown-it';

type RuleBlock = Parameters<InstanceType<typeof MarkdownIt>['block']['ruler']['before']>[2];

/** Classes of elements whose text is TeX. */
export const MATH_CLASSES = { inline: 'math-inline', block: 'math-block' } as const;

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
    const end = state.src.indexOf(delimiter.close, start);
    const tex = state.src.slice(start, end).trim();
    if (end < 0 || end > state.posMax || tex === '') return false;
    if (!silent) Object.assign(state.push('math', '', 0), { content: tex, info: delimiter.kind });
    state.pos = end + delimiter.close.length;
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
  let last = startLine;
  const closes = (text: string): boolean => text.endsWith('$$') && (last > startLine || text.length > 4);
  while (last < endLine && !closes(textOf(last))) last += 1;
  if (last === endLine) return false;
  if (silent) return true;
  const lines = Array.from({ length: last - startLine + 1 }, (_, n) => textOf(startLine + n));
  Object.assign(state.push('math', '', 0), {
    content: lines.join('\n').slice(2, -2).trim(),
    info: 'block',
    block: true,
  });
  state.line = last + 1;
  return true;
};

/** Replaces TeX by formulas. An invalid formula stays as text, in red. */
export async function renderMath(content: DocumentFragment): Promise<void> {
  const elements = content.querySelectorAll<HTMLElement>(`.${MATH_CLASSES.inline}, .${MATH_CLASSES.block}`);
  if (elements.length === 0) return;
  const { renderTex } = await import('./render-tex');
  for (const element of elements) renderTex(element, element.classList.contains(MATH_CLASSES.block));
}
