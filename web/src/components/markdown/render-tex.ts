import katex from 'katex';
import 'katex/dist/katex.min.css';

/** Limits for formulas of untrusted cards: macros that expand forever, and sizes in em that cover the page. */
const LIMITS = { maxExpand: 1000, maxSize: 20 };

/** Replaces the TeX in an element by a formula. Commands that add links, images or HTML are not trusted, and stay text. */
export function renderTex(element: HTMLElement, displayMode: boolean): void {
  const tex = element.textContent ?? '';
  katex.render(tex, element, { displayMode, throwOnError: false, trust: false, strict: 'ignore', ...LIMITS });
}
