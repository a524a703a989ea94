import { MATH_CLASSES } from './math';

/** Further formulas of a text stay TeX: rendering each takes about a millisecond, during which the page does not respond. */
const MAX_FORMULAS = 1_000;

/** Replaces TeX by formulas. An invalid formula stays as text, in red. */
export async function renderMath(content: DocumentFragment): Promise<void> {
  const elements = [...content.querySelectorAll<HTMLElement>(`.${MATH_CLASSES.inline}, .${MATH_CLASSES.block}`)];
  if (elements.length === 0) return;
  const { renderTex } = await import('./render-tex');
  for (const element of elements.slice(0, MAX_FORMULAS))
    renderTex(element, element.classList.contains(MATH_CLASSES.block));
}
