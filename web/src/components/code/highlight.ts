import './highlight.css';

/** In characters. Highlighting longer text blocks the page noticeably. */
const MAX_TEXT_LENGTH = 200_000;

/** Highlights an element whose class is `language-…`. Text that is too long or in an unknown language stays plain. */
export async function highlightElement(element: HTMLElement): Promise<void> {
  const language = /language-([\w+#-]+)/.exec(element.className)?.[1];
  if (!language || element.textContent.length > MAX_TEXT_LENGTH) return;
  const { highlighterFor } = await import('./highlighter');
  const highlighter = await highlighterFor(language);
  // Safe, because highlight.js escapes the text before it adds markup.
  highlighter?.highlightElement(element);
}
